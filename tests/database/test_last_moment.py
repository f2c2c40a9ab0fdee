"""A statement that waits for the connection while its transaction ends is no part of anything."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import AsyncDatabase, Database, OutsideTransaction, sql

if TYPE_CHECKING:
    from collections.abc import Callable

SLOW_COMMIT = """
create table t (n int);
create function slow() returns trigger language plpgsql
    as 'begin perform pg_sleep(0.5); return null; end';
create constraint trigger slow after insert on t deferrable initially deferred
    for each row execute function slow();
"""
FIRST = sql("insert into t values (1)", kind="exec")
SECOND = sql("insert into t values (2)", kind="exec")
ROWS = sql("select n from t")
COMMITS = (
    "select true from pg_stat_activity where datname = current_database() and query = 'COMMIT'"
)


@pytest.fixture
def query(database_url: str) -> Any:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(SLOW_COMMIT)
        yield lambda: connection.execute(COMMITS).fetchone()


def test_a_thread_that_comes_while_it_commits_is_refused(
    database_url: str, query: Callable[[], Any]
) -> None:
    raised: list[BaseException] = []

    def late(tx: Any) -> None:
        while not query():
            pass
        try:
            tx.run(SECOND)
        except OutsideTransaction as error:
            raised.append(error)

    with Database(database_url) as db:
        with db.transaction() as tx:
            tx.run(FIRST)
            thread = threading.Thread(target=late, args=(tx,))
            thread.start()
        thread.join()
        assert [type(error) for error in raised] == [OutsideTransaction]
        assert db.run(ROWS) == [1]


async def test_a_task_that_comes_while_it_commits_is_refused(
    database_url: str, query: Callable[[], Any]
) -> None:
    async def late(tx: Any) -> None:
        while not await asyncio.to_thread(query):
            pass
        await tx.run(SECOND)

    async with AsyncDatabase(database_url) as db:
        async with db.transaction() as tx:
            await tx.run(FIRST)
            task = asyncio.create_task(late(tx))
        with pytest.raises(OutsideTransaction):
            await task
        assert await db.run(ROWS) == [1]
