"""A database of one connection, so that every call gets it, with a table to write to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sqlkit import sql

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sqlkit import AsyncDatabase

CREATE = sql("create table t (n int)", kind="exec")
INSERT = sql("insert into t values (1)", kind="exec")
COUNT = sql("select count(*) from t", kind="one")


@pytest.fixture
async def one(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> AsyncIterator[AsyncDatabase]:
    """It, of each kind; the table t (n int) is empty."""
    async with make_both(database_url, max_size=1) as database:
        await database.run(CREATE)
        yield database
