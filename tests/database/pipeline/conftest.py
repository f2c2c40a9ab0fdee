"""A database with lanes, and reads to send over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.database.pipeline.reads import piped, row, warm

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlkit import AsyncDatabase


@pytest.fixture
def tables(database_url: str) -> str:
    """The address of a database with a table, and a function that takes its time."""
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(
            "create table t as select n, 'row ' || n as name from generate_series(1, 500) n"
        )
        conn.execute("alter table t add primary key (n)")
        conn.execute(
            "create function slow(seconds float) returns float stable language plpgsql"
            " as $$ begin perform pg_sleep(seconds); return seconds; end $$"
        )
    return database_url


@pytest.fixture
async def db(tables: str) -> AsyncIterator[AsyncDatabase]:
    async with piped(tables, max_size=4) as database:
        await warm(database, row(1))
        yield database
