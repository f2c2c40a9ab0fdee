"""One connection held for a while, and what is left of it afterwards."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from sqlkit import AsyncDatabase, CommitUnknown, Database, OutsideTransaction, deadline, sql

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

PID = sql("select pg_backend_pid()", kind="one")


@pytest.fixture
async def one(make_both: Callable[..., AsyncDatabase], url: str) -> AsyncIterator[AsyncDatabase]:
    """A database whose every call gets the same connection."""
    async with make_both(url, max_size=1) as database:
        yield database


async def execute(held: Any, text: str) -> Any:
    return await held.psycopg.execute(text)


async def test_it_runs_what_a_connection_runs(one: AsyncDatabase) -> None:
    async with one.connection() as held:
        assert await held.run(sql("select 1", kind="one")) == 1
        assert await held.batch([sql("select 1", kind="one")] * 3) == [1, 1, 1]
        async with held.stream(sql("select n from generate_series(1, 3) as n")) as rows:
            assert [row async for row in rows] == [1, 2, 3]
        async with held.transaction() as tx:
            assert await tx.run(sql("select 1", kind="one")) == 1


async def test_settings_are_reset(one: AsyncDatabase) -> None:
    show = sql("show work_mem", kind="one")
    before = await one.run(show)
    async with one.connection() as held:
        await execute(held, "set work_mem = '7MB'")
        assert await held.run(show) == "7MB"
        pid = await held.run(PID)
    assert await one.run(show) == before
    assert await one.run(PID) == pid


async def test_statements_prepared_before_still_run(one: AsyncDatabase) -> None:
    query = sql("select :n::int + 1", kind="one", n=1)
    assert await one.run(query) == 2
    async with one.connection() as held:
        assert await held.run(query) == 2
    assert await one.run(query) == 2


async def test_an_advisory_lock_is_gone_afterwards(one: AsyncDatabase) -> None:
    locks = sql(
        "select count(*) from pg_locks where locktype = 'advisory' and objid = 4711"
        " and database = (select oid from pg_database where datname = current_database())",
        kind="one",
    )
    async with one.connection() as held:
        await held.run(sql("select pg_advisory_lock(4711)", kind="exec"))
        assert await held.run(locks) == 1
    assert await one.run(locks) == 0


async def test_a_temporary_table_is_gone_afterwards(one: AsyncDatabase) -> None:
    async with one.connection() as held:
        await held.run(sql("create temporary table temporary (n int)", kind="exec"))
        assert await held.run(sql("select count(*) from temporary", kind="one")) == 0
    assert await one.run(sql("select to_regclass('temporary')", kind="one")) is None


async def test_a_transaction_left_open_is_rolled_back(one: AsyncDatabase) -> None:
    async with one.connection() as held:
        await execute(held, "begin")
        await execute(held, "create table public.left_open ()")
    assert await one.run(sql("select to_regclass('public.left_open')", kind="one")) is None


async def test_a_failed_transaction_left_open_is_rolled_back(one: AsyncDatabase) -> None:
    async with one.connection() as held:
        await execute(held, "begin")
        with pytest.raises(Exception, match="division by zero"):
            await execute(held, "select 1/0")
    assert await one.run(sql("select 1", kind="one")) == 1


async def test_an_exception_leaves_and_the_connection_is_reset(one: AsyncDatabase) -> None:
    show = sql("show work_mem", kind="one")
    with pytest.raises(LookupError):
        async with one.connection() as held:
            await execute(held, "set work_mem = '7MB'")
            raise LookupError
    assert await one.run(show) != "7MB"


async def test_it_is_refused_once_it_was_given_back(one: AsyncDatabase) -> None:
    async with one.connection() as held:
        pass
    with pytest.raises(OutsideTransaction, match="has been given back"):
        await held.run(PID)


async def test_a_lost_connection_is_replaced(one: AsyncDatabase, url: str) -> None:
    async with one.connection() as held:
        pid = await held.run(PID)
        with pytest.raises(CommitUnknown, match="it may stand, or not"):
            await held.run(sql("select pg_terminate_backend(pg_backend_pid())", kind="one"))
    assert await one.run(PID) != pid


def test_notifications_are_heard(database_url: str) -> None:
    with Database(database_url) as db, db.connection() as held:
        held.psycopg.execute("listen news")
        db.run(sql("select pg_notify('news', 'hello')", kind="exec"))
        heard = [n.payload for n in held.psycopg.notifies(timeout=5, stop_after=1)]
        assert heard == ["hello"]


async def test_notifications_are_heard_asynchronously(database_url: str) -> None:
    async with AsyncDatabase(database_url) as db, db.connection() as held:
        await held.psycopg.execute("listen news")
        await db.run(sql("select pg_notify('news', 'hello')", kind="exec"))
        async with asyncio.timeout(5):
            async for note in held.psycopg.notifies(stop_after=1):
                assert note.payload == "hello"


def test_nothing_is_heard_after_it_was_given_back(database_url: str) -> None:
    with Database(database_url, max_size=1) as db:
        with db.connection() as held:
            held.psycopg.execute("listen news")
            held.psycopg.autocommit = False
        with db.connection() as held:
            assert held.psycopg.autocommit
            listening = held.psycopg.execute("select count(*) from pg_listening_channels()")
            assert listening.fetchone() == (0,)


async def test_a_notification_that_comes_with_an_answer_is_heard(database_url: str) -> None:
    async with AsyncDatabase(database_url) as db, db.connection() as held:
        await held.run(sql("listen ours", kind="exec"))
        with deadline(5.0):  # so that the server is told, in a pipeline
            await held.run(sql("notify ours, 'of itself'", kind="exec"))
        heard = [note.payload async for note in held.psycopg.notifies(timeout=0.1)]
        assert heard == ["of itself"]
