"""Transactions, savepoints, and what stays outside."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, cast

import psycopg
import pytest

from sqlkit import (
    AsyncDatabase,
    Database,
    DeadlineExceeded,
    NoRow,
    OutsideTransaction,
    RolledBack,
    Statement,
    sql,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit import AsyncConnection, AsyncTransaction, Transaction
    from sqlkit.database.begin import Isolation


def insert(n: int) -> Statement[Any]:
    return sql("insert into t values (:n)", kind="exec", n=n)


ALL: Statement[list[int]] = sql("select n from t order by n")
FAILS = sql("select 1/0")


@pytest.fixture
async def table(both: AsyncDatabase) -> AsyncDatabase:
    await both.run(sql("create table t (n int primary key)", kind="exec"))
    return both


async def test_the_end_of_the_block_commits(table: AsyncDatabase) -> None:
    async with table.transaction() as tx:
        await tx.run(insert(1))
        assert await tx.run(ALL) == [1]
        assert await table.run(ALL, separate=True) == []
    assert await table.run(ALL) == [1]


async def test_an_exception_rolls_back_and_leaves_the_block(table: AsyncDatabase) -> None:
    with pytest.raises(LookupError):
        async with table.transaction() as tx:
            await tx.run(insert(1))
            raise LookupError
    assert await table.run(ALL) == []


async def test_transactions_nest_as_savepoints(table: AsyncDatabase) -> None:
    async with table.transaction() as one:
        await one.run(insert(1))
        with pytest.raises(psycopg.errors.UniqueViolation):
            async with one.transaction() as two:
                await two.run(insert(2))
                with pytest.raises(psycopg.errors.DivisionByZero):
                    async with two.transaction() as three:
                        await three.run(insert(3))
                        await three.run(FAILS)
                assert await two.run(ALL) == [1, 2]
                async with two.transaction() as three:
                    await three.run(insert(4))
                assert await two.run(ALL) == [1, 2, 4]
                await two.run(insert(1))
        assert await one.run(ALL) == [1]
        async with one.transaction() as two, two.transaction() as three:
            await three.run(insert(5))
    assert await table.run(ALL) == [1, 5]


LEVELS: list[Isolation] = ["read committed", "repeatable read", "serializable"]


@pytest.mark.parametrize("isolation", LEVELS)
async def test_the_isolation_level_is_in_force(table: AsyncDatabase, isolation: Isolation) -> None:
    async with table.transaction(isolation=isolation) as tx:
        assert await tx.run(sql("show transaction_isolation", kind="one")) == isolation
    assert await table.run(sql("show transaction_isolation", kind="one")) == "read committed"


async def test_a_repeatable_read_sees_one_moment(table: AsyncDatabase) -> None:
    async with table.transaction(isolation="repeatable read") as tx:
        assert await tx.run(ALL) == []
        await table.run(insert(1), separate=True)
        assert await tx.run(ALL) == []


async def test_a_read_only_transaction_can_not_write(table: AsyncDatabase) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        async with table.transaction(read_only=True) as tx:
            await tx.run(insert(1))


async def test_deferrable_is_in_force(table: AsyncDatabase) -> None:
    show = sql("show transaction_deferrable", kind="one")
    async with table.transaction(isolation="serializable", read_only=True, deferrable=True) as tx:
        assert await tx.run(show) == "on"
    async with table.transaction(deferrable=False) as tx:
        assert await tx.run(show) == "off"


async def test_a_read_only_database_writes_only_where_it_is_said(
    make_both: Callable[..., AsyncDatabase], table: AsyncDatabase, url: str
) -> None:
    async with make_both(url, read_only=True) as db:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await db.run(sql("create table u ()", kind="exec"))
        async with db.transaction(read_only=False) as tx:
            await tx.run(sql("create table public.u ()", kind="exec"))
            await tx.run(sql("drop table public.u", kind="exec"))


async def test_an_unknown_isolation_level_is_refused(table: AsyncDatabase) -> None:
    with pytest.raises(ValueError, match="isolation must be one of 'read committed', "):
        async with table.transaction(isolation=cast("Isolation", "dirty")):
            pass


@pytest.mark.parametrize(
    "options", [{"isolation": "serializable"}, {"read_only": False}, {"deferrable": True}]
)
async def test_a_savepoint_takes_no_options(table: AsyncDatabase, options: dict[str, Any]) -> None:
    async with table.transaction() as tx:
        with pytest.raises(ValueError, match="a savepoint takes the options of its transaction"):
            async with tx.transaction(**options):
                pass
        await tx.run(insert(1))
    assert await table.run(ALL) == [1]


async def test_a_hidden_error_is_told_at_the_end(table: AsyncDatabase) -> None:
    async def hide() -> None:
        async with table.transaction() as tx:
            await tx.run(insert(1))
            with pytest.raises(psycopg.errors.DivisionByZero):
                await tx.run(FAILS)

    with pytest.raises(RolledBack, match="it was rolled back"):
        await hide()
    assert await table.run(ALL) == []


async def test_a_hidden_error_in_a_savepoint_undoes_the_savepoint_alone(
    table: AsyncDatabase,
) -> None:
    async with table.transaction() as tx:
        await tx.run(insert(1))
        with pytest.raises(RolledBack):
            async with tx.transaction() as inner:
                await inner.run(insert(2))
                with pytest.raises(psycopg.errors.DivisionByZero):
                    await inner.run(FAILS)
        await tx.run(insert(3))
    assert await table.run(ALL) == [1, 3]


async def test_an_error_of_sqlkit_s_own_aborts_nothing(table: AsyncDatabase) -> None:
    async with table.transaction() as tx:
        with pytest.raises(NoRow):
            await tx.run(sql("select 1 where false", kind="one"))
        await tx.run(insert(1))
    assert await table.run(ALL) == [1]


async def test_a_constraint_that_is_checked_at_commit_fails_there(table: AsyncDatabase) -> None:
    await table.run(sql("alter table t add unique (n) deferrable initially deferred", kind="exec"))
    await table.run(sql("alter table t drop constraint t_pkey", kind="exec"))
    with pytest.raises(psycopg.errors.UniqueViolation):
        async with table.transaction() as tx:
            await tx.run(insert(1))
            await tx.run(insert(1))
    assert await table.run(ALL) == []


async def test_a_transaction_that_is_over_is_refused(table: AsyncDatabase) -> None:
    async with table.transaction() as tx, tx.transaction() as inner:
        pass
    for over in (tx, inner):
        with pytest.raises(OutsideTransaction, match="has been given back"):
            await over.run(ALL)
        with pytest.raises(OutsideTransaction, match="has been given back"):
            await over.batch([ALL])
        with pytest.raises(OutsideTransaction, match="has been given back"):
            async with over.stream(ALL):
                pass
        with pytest.raises(OutsideTransaction, match="has been given back"):
            async with over.transaction():
                pass


# --- Outside


async def _run(db: AsyncDatabase, **options: Any) -> Any:
    return await db.run(ALL, **options)


async def _batch(db: AsyncDatabase, **options: Any) -> Any:
    (rows,) = await db.batch([ALL], **options)
    return rows


async def _stream(db: AsyncDatabase, **options: Any) -> Any:
    async with db.stream(ALL, **options) as rows:
        return [row async for row in rows]


async def _transaction(db: AsyncDatabase, **options: Any) -> Any:
    async with db.transaction(**options) as tx:
        return await tx.run(ALL)


async def _transact(db: AsyncDatabase, **options: Any) -> Any:
    async def work(tx: AsyncConnection) -> Any:
        return await tx.run(ALL)

    return await db.transact(work, **options)


CALLS = [_run, _batch, _stream, _transaction, _transact]


@pytest.mark.parametrize("call", CALLS)
async def test_a_call_beside_one_s_own_transaction_is_refused(
    table: AsyncDatabase, call: Callable[..., Any]
) -> None:
    async with table.transaction() as tx:
        await tx.run(insert(1))
        with pytest.raises(OutsideTransaction, match="or say separate=True"):
            await call(table)
        assert await call(table, separate=True) == []
        assert await tx.run(ALL) == [1]
    assert await call(table) == [1]


async def test_the_error_names_the_query(table: AsyncDatabase) -> None:
    async with table.transaction():
        with pytest.raises(OutsideTransaction, match=r"^sql: this thread or task is inside"):
            await table.run(ALL)


async def test_after_an_exception_nothing_is_held(table: AsyncDatabase) -> None:
    with pytest.raises(LookupError):
        async with table.transaction():
            raise LookupError
    assert await table.run(ALL) == []


async def test_a_held_connection_s_transaction_counts_too(table: AsyncDatabase) -> None:
    async with table.connection() as held:
        async with held.transaction():
            with pytest.raises(OutsideTransaction):
                await table.run(ALL)
        assert await table.run(ALL) == []
        async with held.stream(sql("select 1")):
            assert await table.run(ALL) == []


async def test_another_database_is_another_matter(
    table: AsyncDatabase, make_both: Callable[..., AsyncDatabase], url: str
) -> None:
    async with make_both(url) as other, table.transaction():
        assert await other.run(ALL) == []


def test_other_threads_are_not_inside(database_url: str) -> None:
    answers: list[Any] = []
    with Database(database_url) as db, db.transaction():
        thread = threading.Thread(target=lambda: answers.append(db.run(sql("select 1"))))
        thread.start()
        thread.join()
    assert answers == [[1]]


async def test_other_tasks_are_not_inside_and_child_tasks_neither(database_url: str) -> None:
    async with AsyncDatabase(database_url) as db, db.transaction():
        assert await asyncio.create_task(db.run(sql("select 1"))) == [1]
        both = await asyncio.gather(db.run(sql("select 2")), db.run(sql("select 3")))
        assert list(both) == [[2], [3]]


# --- Run again as a whole


async def test_transact_gives_what_the_function_gives(table: AsyncDatabase) -> None:
    async def work(tx: AsyncTransaction) -> str:
        await tx.run(insert(1))
        return "done"

    assert await table.transact(work) == "done"
    assert await table.run(ALL) == [1]


async def test_transact_runs_once_for_an_error_that_would_come_again(
    table: AsyncDatabase,
) -> None:
    calls = 0

    async def work(tx: AsyncTransaction) -> None:
        nonlocal calls
        calls += 1
        await tx.run(insert(calls))
        await tx.run(FAILS)

    with pytest.raises(psycopg.errors.DivisionByZero):
        await table.transact(work)
    assert calls == 1
    assert await table.run(ALL) == []


async def test_transact_passes_the_options_on(table: AsyncDatabase) -> None:
    async def work(tx: AsyncTransaction) -> list[str]:
        names = ("isolation", "read_only", "deferrable")
        return [await tx.run(sql(f"show transaction_{n}", kind="one")) for n in names]

    given = await table.transact(work, isolation="serializable", read_only=True, deferrable=False)
    assert given == ["serializable", "on", "off"]


async def test_transact_runs_again_after_a_serialization_failure(table: AsyncDatabase) -> None:
    await table.run(insert(0))
    increment = sql("update t set n = n + 1", kind="exec")
    calls = 0

    async def work(tx: AsyncTransaction) -> int:
        nonlocal calls
        calls += 1
        before = (await tx.run(ALL))[0]
        if calls == 1:
            await table.run(increment, separate=True)
        await tx.run(increment)
        return before

    assert await table.transact(work, isolation="repeatable read") == 1
    assert calls == 2
    assert await table.run(ALL) == [2]


def _lock_both(tx: Transaction, first: int, second: int, barrier: threading.Barrier) -> None:
    tx.run(sql("set local deadlock_timeout = '50ms'", kind="exec"))
    lock = "select n from t where n = :n for update"
    tx.run(sql(lock, kind="one", n=first))
    if not barrier.broken:
        barrier.wait()
    tx.run(sql(lock, kind="one", n=second))


def test_transact_runs_again_after_a_deadlock(database_url: str) -> None:
    barrier = threading.Barrier(2)
    calls = 0

    def work(first: int, second: int) -> Callable[[Transaction], None]:
        def attempt(tx: Transaction) -> None:
            nonlocal calls
            calls += 1
            if calls > 2:
                barrier.abort()
            _lock_both(tx, first, second, barrier)

        return attempt

    with Database(database_url) as db:
        db.run(sql("create table t (n int); insert into t values (1), (2)", kind="script"))
        other = threading.Thread(target=lambda: db.transact(work(2, 1)))
        other.start()
        db.transact(work(1, 2))
        other.join()
    assert calls == 3


async def test_transact_of_tasks_runs_again_after_a_deadlock(database_url: str) -> None:
    both_have_one = asyncio.Barrier(2)
    calls = 0

    async def lock(tx: AsyncTransaction, *numbers: int) -> None:
        nonlocal calls
        calls += 1
        is_first_try = calls <= 2
        await tx.run(sql("set local deadlock_timeout = '50ms'", kind="exec"))
        for n in numbers:
            await tx.run(sql("select n from t where n = :n for update", kind="one", n=n))
            if is_first_try and n == numbers[0]:
                await both_have_one.wait()

    async with AsyncDatabase(database_url) as db:
        await db.run(sql("create table t (n int); insert into t values (1), (2)", kind="script"))
        await asyncio.gather(
            db.transact(lambda tx: lock(tx, 1, 2)), db.transact(lambda tx: lock(tx, 2, 1))
        )
    assert calls == 3


def plain_function(_: AsyncTransaction) -> Any:
    return 1


async def test_transact_of_an_async_database_refuses_a_plain_function(database_url: str) -> None:
    async with AsyncDatabase(database_url) as db:
        with pytest.raises(TypeError, match="transact takes a coroutine function"):
            await db.transact(plain_function)


async def test_transact_gives_up_when_the_time_is_over(
    make_both: Callable[..., AsyncDatabase], url: str
) -> None:
    calls = 0

    async def work(tx: AsyncTransaction) -> None:
        nonlocal calls
        calls += 1
        await tx.run(sql("do $$ begin raise sqlstate '40001'; end $$", kind="exec"))

    async with make_both(url, timeout=0.3) as db:
        # The conflict, unless the time was over in the middle of an attempt.
        with pytest.raises((psycopg.errors.SerializationFailure, DeadlineExceeded)):
            await db.transact(work)
    assert calls > 1
