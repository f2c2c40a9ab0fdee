"""What the server is told of limits, so that it ends statements itself; and what stays of it."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import random
import sys
import time
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from sqlkit import DeadlineExceeded, deadline, sql
from sqlkit.database import limit
from tests.database.sleepers import statement, wait_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sqlkit import AsyncConnection, AsyncDatabase

IN_FORCE = "select extract(epoch from current_setting('statement_timeout')::interval)::float8"
SETTINGS = sql("select name, setting from pg_settings where name <> 'transaction_isolation'")

CLIENT = """
import sys
from sqlkit import Database, deadline, sql

with Database(sys.argv[1]) as db, deadline(4):
    db.run(sql("select pg_sleep(30)", kind="exec"))
"""


async def in_force(db: AsyncConnection, own: float | None = None) -> float:
    """The limit while a statement runs."""
    return float(await db.run(statement(IN_FORCE, own)))


@pytest.fixture
async def one(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> AsyncIterator[AsyncDatabase]:
    async with make_both(database_url, max_size=1, timeout=20) as database:
        yield database


async def test_a_session_has_the_database_s_timeout(one: AsyncDatabase) -> None:
    assert await in_force(one) == 20


async def test_a_nearer_limit_holds_for_one_statement(one: AsyncDatabase) -> None:
    assert 4 < await in_force(one, own=5) <= 5
    assert await in_force(one) == 20
    with deadline(3):
        assert 2 < await in_force(one) <= 3
    assert await in_force(one) == 20


async def test_a_query_may_ask_for_more_time_than_others_have(one: AsyncDatabase) -> None:
    assert 59 < await in_force(one, own=60) <= 60
    assert await in_force(one) == 20


async def test_within_a_transaction_the_limit_before_is_put_back(one: AsyncDatabase) -> None:
    async with one.transaction() as tx:
        assert 4 < await in_force(tx, own=5) <= 5
        assert await in_force(tx) == 20
        await tx.run(sql("set local statement_timeout = '8s'", kind="exec"))
        assert 4 < await in_force(tx, own=5) <= 5
        assert await in_force(tx) == 8
        with deadline(12):
            assert await in_force(tx) == 8
        assert await tx.batch([statement(IN_FORCE, 5)] * 2) == [8, 8]
        with deadline(6):
            assert max(await tx.batch([statement(IN_FORCE)] * 2)) <= 6
        assert await in_force(tx) == 8
    assert await in_force(one) == 20


async def test_a_savepoint_that_is_undone_puts_it_back_too(one: AsyncDatabase) -> None:
    async with one.transaction() as tx:
        with pytest.raises(psycopg.errors.DivisionByZero):
            async with tx.transaction() as savepoint:
                await savepoint.run(statement("select 1 / 0", timeout=5))
        assert await in_force(tx) == 20


async def test_a_shorter_limit_of_the_session_stays_and_is_not_ours(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    url = make_conninfo(database_url, options="-c statement_timeout=200")
    async with make_both(url, max_size=1) as db:
        assert await in_force(db) == 0.2
        with deadline(10):
            assert await in_force(db) == 0.2
        with pytest.raises(psycopg.errors.QueryCanceled):
            await db.run(statement("select pg_sleep(30)", kind="exec"))


async def test_no_limit_is_none(make_both: Callable[..., AsyncDatabase], database_url: str) -> None:
    async with make_both(database_url, timeout=math.inf) as db:
        assert await in_force(db) == 0
        assert 4 < await in_force(db, own=5) <= 5
        assert await in_force(db) == 0


async def test_the_server_ends_a_statement_by_itself(
    one: AsyncDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limit, "PATIENCE", 20)
    for timeout in (0.2, None):
        with pytest.raises(DeadlineExceeded) as caught, deadline(0.4):
            await one.run(statement("select pg_sleep(30)", timeout, "exec"))
        assert isinstance(caught.value.__cause__, psycopg.errors.QueryCanceled)


async def test_what_somebody_else_cancels_is_no_deadline(one: AsyncDatabase) -> None:
    text = "do $$ begin raise query_canceled; end $$"
    for timeout in (5, None):
        with pytest.raises(psycopg.errors.QueryCanceled) as caught:
            await one.run(statement(text, timeout, "exec"))
        assert caught.value.__notes__ == ["in things.ask"]


@pytest.mark.parametrize("text", ["vacuum t", "create index concurrently on t (n)", "call p()"])
async def test_what_must_be_alone_in_its_transaction_may_have_a_deadline(
    one: AsyncDatabase, text: str
) -> None:
    await one.run(
        sql(
            """
            create table t (n int);
            create procedure p() language plpgsql as $$
            begin insert into t values (1); commit; insert into t values (2); rollback; end $$
            """,
            kind="script",
        )
    )
    for _ in range(2):
        await one.run(statement(text, 10, "exec"))
    assert await one.run(sql("select count(*) from t", kind="one")) == 2 * (text == "call p()")
    with pytest.raises(DeadlineExceeded):
        await one.run(statement("do $$ begin perform pg_sleep(30); end $$", 0.2, "exec"))
    await wait_for(one, 0)


async def test_in_a_transaction_it_still_is_an_error(one: AsyncDatabase) -> None:
    with pytest.raises(psycopg.errors.ActiveSqlTransaction):
        async with one.transaction() as tx:
            await tx.run(statement("vacuum", 5, "exec"))


@pytest.mark.parametrize("prepared", [False, True])
async def test_an_error_that_comes_with_the_commit_is_told(
    one: AsyncDatabase, prepared: bool
) -> None:
    await one.run(sql("create table t (n int unique deferrable initially deferred)", kind="exec"))
    insert = statement("insert into t select n / 2 from generate_series(2, 3) as n", 5, "exec")
    if prepared:
        with pytest.raises(psycopg.errors.UniqueViolation):
            await one.run(insert)
    with pytest.raises(psycopg.errors.UniqueViolation):
        await one.run(insert)
    assert await one.run(sql("select count(*) from t", kind="one")) == 0


async def test_a_statement_that_was_deallocated_is_prepared_again(one: AsyncDatabase) -> None:
    async with one.connection() as held:
        assert await in_force(held, own=5) <= 5
        await held.psycopg.execute("deallocate all")
        assert await in_force(held, own=5) <= 5


async def test_where_it_can_not_be_the_error_asks_for_a_pooler(one: AsyncDatabase) -> None:
    again = statement("select 1")
    async with one.connection() as held:
        await held.run(again)
        await held.psycopg.execute("deallocate all")
        with pytest.raises(psycopg.errors.InvalidSqlStatementName) as caught:
            async with held.transaction() as tx:
                await tx.run(again)
    assert caught.value.__notes__[0] == "in things.ask"
    assert 'pooler="transaction"' in caught.value.__notes__[1]


@pytest.mark.parametrize("kind", ["copy", "many"])
async def test_a_stream_may_take_longer_than_a_statement(
    make_both: Callable[..., AsyncDatabase], database_url: str, kind: str
) -> None:
    text = "select repeat('x', 1000) || n from generate_series(1, 20000) as n"
    async with make_both(database_url, max_size=1, timeout=1.5) as db:
        read = 0
        async with db.stream(statement(text, kind=kind)) as rows:
            async for _ in rows:
                read += 1
                if read % 5000 == 0:
                    time.sleep(0.5)  # noqa: ASYNC251 # a slow reader
        assert read == 20000
        with pytest.raises(DeadlineExceeded), deadline(0.3):
            async with db.stream(statement(text, kind=kind)) as rows:
                async for _ in rows:
                    time.sleep(0.001)  # noqa: ASYNC251
        assert 0 < await in_force(db) <= 1.5  # less, if the call itself took its time


async def test_rows_of_a_write_may_be_read_slowly_too(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    async with make_both(database_url, max_size=1, timeout=1.5) as db:
        await db.run(sql("create table t (n int, x text)", kind="exec"))
        text = (
            "insert into t select n, repeat('x', 999) from generate_series(1, 9000) n returning x"
        )
        read = 0
        async with db.stream(statement(text, kind="many")) as rows:
            async for _ in rows:
                read += 1
                if read % 2250 == 0:
                    time.sleep(0.5)  # noqa: ASYNC251 # a slow reader
        assert read == 9000
        # What is read in chunks leaves nothing to what is pipelined next.
        assert await db.batch([sql("select count(*) from t", kind="one")] * 2) == [9000, 9000]


async def test_a_query_ends_though_its_client_is_gone(
    one: AsyncDatabase, database_url: str
) -> None:
    client = await asyncio.create_subprocess_exec(sys.executable, "-c", CLIENT, database_url)
    await wait_for(one, 1)
    client.kill()
    await client.wait()
    await wait_for(one, 0)  # long before it has slept its 30 s


# "make chaos" makes a thousand.
CALLS = int(os.environ.get("SQLKIT_TEST_CALLS", "200"))


async def test_many_mixed_calls_leave_every_setting_as_it_was(
    make_both: Callable[..., AsyncDatabase], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine may be late with a cancel, and a connection that was replaced proves nothing.
    monkeypatch.setattr("sqlkit.database.deadline._GRACE", 10.0)
    chance = random.Random(7)
    async with make_both(database_url, max_size=1) as db:
        await db.run(sql("create table t (n int)", kind="exec"))
        pid = await db.run(sql("select pg_backend_pid()", kind="one"))
        before = await db.run(SETTINGS)
        for number in range(CALLS):
            with contextlib.suppress(DeadlineExceeded, psycopg.Error):
                await mixed(db, chance, is_slow=number % 50 == 0)
        assert await db.run(SETTINGS) == before
        assert await db.run(sql("select pg_backend_pid()", kind="one")) == pid


async def mixed(db: AsyncDatabase, chance: random.Random, *, is_slow: bool) -> None:
    """One of many kinds of calls, which may fail, or not end in time."""
    timeout = 0.03 if is_slow else chance.choice([None, 5.0, 60.0])
    text = chance.choice(["select 1", "select 1 / 0", "select nothing", "select n from t"])
    call = statement("select pg_sleep(5)" if is_slow else text, timeout, "many")
    with deadline(chance.choice([2.0, 50.0, 100.0])):
        match chance.randrange(5):
            case 0:
                await db.batch([call, call])
            case 1:
                async with db.stream(call) as rows:
                    _ = [row async for row in rows]
            case 2:
                async with db.transaction() as tx:
                    await tx.run(statement("insert into t values (1)", timeout, "exec"))
                    await tx.run(call)
            case 3:
                async with db.transaction() as tx, tx.transaction() as savepoint:
                    await savepoint.run(call)
            case _:
                await db.run(call)
