"""Ctrl-C and cancelled tasks: the query ends on the server, and the pool stays whole."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING, Any, cast

import pytest

from sqlkit import AsyncDatabase, Database, sql

if TYPE_CHECKING:
    from sqlkit import Statement

CTRL_C = """
import sys
from sqlkit import Database, sql

with Database(sys.argv[1], max_size=1) as db:
    pid = db.run(sql("select pg_backend_pid()", kind="one"))
    try:
        if sys.argv[2] == "run":
            print("ready", flush=True)
            db.run(sql("select pg_sleep(30)", kind="exec"))
        elif sys.argv[2] == "transaction":
            with db.transaction() as tx:
                tx.run(sql("create table t ()", kind="exec"))
                print("ready", flush=True)
                tx.run(sql("select pg_sleep(30)", kind="exec"))
        else:
            print("ready", flush=True)
            db.batch([sql("select pg_sleep(30)", kind="exec")])
    except KeyboardInterrupt:
        same = pid == db.run(sql("select pg_backend_pid()", kind="one"))
        print("interrupted", same, db.run(sql("select to_regclass('t') is null", kind="one")))
"""
SLEEPERS = sql(
    "select count(*) from pg_stat_activity where query like '%pg_sleep%' and state = 'active'"
    " and pid <> pg_backend_pid() and datname = current_database()",
    kind="one",
)


@pytest.mark.parametrize(
    ("what", "keeps_connection"), [("run", True), ("transaction", True), ("batch", True)]
)
def test_ctrl_c_ends_the_query_on_the_server(
    database_url: str, what: str, *, keeps_connection: bool
) -> None:
    with (
        Database(database_url) as db,
        subprocess.Popen(
            [sys.executable, "-c", CTRL_C, database_url, what], stdout=subprocess.PIPE, text=True
        ) as program,
    ):
        stdout = cast("IO[str]", program.stdout)
        assert stdout.readline() == "ready\n"
        wait_for_sleeper(db)
        program.send_signal(signal.SIGINT)
        assert stdout.read() == f"interrupted {keeps_connection} True\n"
        assert program.wait() == 0
        assert db.run(SLEEPERS) == 0


def wait_for_sleeper(db: Database) -> None:
    for _ in range(500):
        if db.run(SLEEPERS):
            return
        db.run(sql("select pg_sleep(0.01)", kind="exec"))
    raise AssertionError("nobody sleeps")


async def test_a_cancelled_task_ends_its_query_and_keeps_the_connection(
    database_url: str,
) -> None:
    async with AsyncDatabase(database_url, max_size=1) as db:
        pid = await db.run(sql("select pg_backend_pid()", kind="one"))
        task = asyncio.create_task(db.run(sql("select pg_sleep(30)", kind="exec")))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await db.run(SLEEPERS) == 0
        assert await db.run(sql("select pg_backend_pid()", kind="one")) == pid


async def test_a_statement_is_not_sent_after_its_task_was_cancelled(database_url: str) -> None:
    """Also if it was cancelled while the text was still being prepared."""
    async with AsyncDatabase(database_url, max_size=1) as db:
        await db.run(sql("create table t (n int)", kind="exec"))
        async with db.connection() as held:
            await held.psycopg.execute("begin; lock table t")
            other = AsyncDatabase(database_url, max_size=1)
            await other.open()
            task = asyncio.create_task(other.run(sql("insert into t values (1)", kind="exec")))
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await other.close()
        assert await db.run(sql("select count(*) from t", kind="one")) == 0


async def test_an_expired_asyncio_timeout_is_a_cancellation(database_url: str) -> None:
    async with AsyncDatabase(database_url) as db:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await db.run(sql("select pg_sleep(30)", kind="exec"))
        assert await db.run(SLEEPERS) == 0


async def test_the_pool_stays_whole_over_200_cancellations(database_url: str) -> None:
    chance = random.Random(2)
    async with AsyncDatabase(database_url, max_size=3, pool_timeout=30) as db:
        await db.run(sql("create table t (n int)", kind="exec"))
        works = [_run, _transaction, _stream, _batch, _copy, _held]
        for _ in range(25):
            tasks = [asyncio.create_task(chance.choice(works)(db)) for _ in range(8)]
            for task in tasks:
                await asyncio.sleep(chance.random() * 0.004)
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                assert result is None or isinstance(result, asyncio.CancelledError), result
        # Three at once: each of the pool's connections is there, and in no transaction.
        async with db.connection() as one, db.connection() as two, db.connection() as three:
            for held in (one, two, three):
                assert await held.run(sql("select 1", kind="one")) == 1
        # A server whose connection was closed notices when it next sends something.
        await asyncio.to_thread(wait_for_no_sleeper, database_url)


def wait_for_no_sleeper(url: str) -> None:
    with Database(url, max_size=1) as db:
        for _ in range(500):
            if not db.run(SLEEPERS):
                return
            time.sleep(0.01)
    raise AssertionError("somebody still sleeps")


def numbers(count: int, **options: Any) -> Statement[Any]:
    return sql(f"select n, pg_sleep(0.001) from generate_series(1, {count}) as n", **options)


async def _run(db: AsyncDatabase) -> None:
    await db.run(numbers(10))


async def _transaction(db: AsyncDatabase) -> None:
    async with db.transaction() as tx:
        await tx.run(sql("insert into t values (1)", kind="exec"))
        async with tx.transaction() as inner:
            await inner.run(numbers(5))


async def _stream(db: AsyncDatabase) -> None:
    async with db.stream(sql("insert into t select generate_series(1, 3000) returning n")) as rows:
        async for _ in rows:
            pass


async def _batch(db: AsyncDatabase) -> None:
    await db.batch([numbers(2)] * 5)


async def _copy(db: AsyncDatabase) -> None:
    async with db.stream(sql("select generate_series(1, 5000) as n", kind="copy")) as rows:
        async for _ in rows:
            pass


async def _held(db: AsyncDatabase) -> None:
    async with db.connection() as held:
        await held.run(numbers(5))
