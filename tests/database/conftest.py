"""Databases for the tests of this folder, and servers that may be stopped.

A test that asks for ``both`` is written once, with ``await``, and runs twice: on an
`AsyncDatabase`, and on a `Database` behind `Awaited`.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest
from psycopg.conninfo import make_conninfo

from sqlkit import AsyncDatabase, sql
from tests.database.pool.servers import machine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from tests.database.pool.servers import Machine


@pytest.fixture
def url(module_url: str) -> str:
    """A database where this test has a schema of its own, made by `both`."""
    return make_conninfo(module_url, options=f"-c search_path=t_{secrets.token_hex(4)},public")


@pytest.fixture
async def both(make_both: Callable[..., AsyncDatabase], url: str) -> AsyncIterator[AsyncDatabase]:
    async with make_both(url) as database:
        schema = await database.run(sql("show search_path", kind="one"))
        await database.run(sql(f"create schema {schema.split(',')[0]}", kind="exec"))
        yield database


@pytest.fixture(scope="module")
def stoppable() -> Iterator[Machine]:
    """A server of this module's own."""
    with machine() as own:
        yield own


@pytest.fixture
def own(stoppable: Machine) -> Machine:
    """It, running."""
    if stoppable.process is None:
        stoppable.start()
    return stoppable
