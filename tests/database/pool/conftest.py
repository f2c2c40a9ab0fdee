"""What the tests of this folder look at: pools, and what is logged."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from sqlkit import sql

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from sqlkit import AsyncDatabase, Database
    from sqlkit.database.pool.async_pool import AsyncPool
    from sqlkit.database.pool.pool import Pool

ONE = sql("select 1", kind="one")
PID = sql("select pg_backend_pid()", kind="one")


def pool_of(database: Database) -> Pool:
    """A database's pool."""
    return database._opened()  # pyright: ignore[reportPrivateUsage] # it has no other name


def async_pool_of(database: AsyncDatabase) -> AsyncPool:
    """A database's pool."""
    return database._opened()  # pyright: ignore[reportPrivateUsage] # it has no other name


@asynccontextmanager
async def closing(database: AsyncDatabase) -> AsyncGenerator[AsyncDatabase]:
    """A database that isn't opened, and closed at the end: one that can't connect keeps trying."""
    try:
        yield database
    finally:
        await database.close()


class Records(logging.Handler):
    """What was logged, as dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.all.append({**record.__dict__, "text": record.getMessage()})

    def of(self, event: str) -> list[dict[str, Any]]:
        """The records of one event."""
        return [record for record in self.all if record.get("sqlkit_event") == event]


@pytest.fixture
def logged() -> Iterator[Records]:
    logger, records = logging.getLogger("sqlkit"), Records()
    before = logger.level
    logger.addHandler(records)
    logger.setLevel(logging.DEBUG)
    yield records
    logger.removeHandler(records)
    logger.setLevel(before)
