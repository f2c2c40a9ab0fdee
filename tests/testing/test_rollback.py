"""The databases that tests get: one transaction that is rolled back."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import OutsideTransaction, sql
from sqlkit.testing.async_rollback import AsyncRollbackDatabase
from sqlkit.testing.rollback import NeedsCommit, RollbackDatabase

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sqlkit import AsyncTransaction, Statement, Transaction

PEARS: Statement[Any] = sql("create table pears (n int primary key)", kind="exec")
COUNT: Statement[Any] = sql("select count(*) from pears", kind="one")


def pear(n: int) -> Statement[Any]:
    return sql("insert into pears values (:n::int) returning n", kind="one", n=n)


@pytest.fixture
def orchard(database_url: str) -> Iterator[RollbackDatabase]:
    """A database that is rolled back, with a table."""
    db = RollbackDatabase(database_url)
    db.run(PEARS)
    yield db
    db.end()
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select to_regclass('pears')").fetchone() == (None,)


@pytest.fixture
async def async_orchard(database_url: str) -> AsyncIterator[AsyncRollbackDatabase]:
    """The same for asyncio."""
    db = AsyncRollbackDatabase(database_url)
    await db.run(PEARS)
    yield db
    db.end()
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select to_regclass('pears')").fetchone() == (None,)


def test_calls_see_each_other_and_a_failed_one_undoes_only_itself(
    orchard: RollbackDatabase,
) -> None:
    orchard.run(pear(1))
    with pytest.raises(psycopg.errors.UniqueViolation):
        orchard.run(pear(1))
    with pytest.raises(psycopg.errors.UniqueViolation):
        orchard.batch([pear(2), pear(3), pear(3)])
    assert orchard.batch([pear(4), pear(5)]) == [4, 5]
    assert orchard.run(COUNT) == 3


def test_a_transaction_can_fail_succeed_and_nest(orchard: RollbackDatabase) -> None:
    def fail(tx: Transaction) -> None:
        tx.run(pear(1))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        orchard.transact(fail)
    with orchard.transaction(isolation="serializable") as tx:
        tx.run(pear(2))
        with pytest.raises(psycopg.errors.UniqueViolation), tx.transaction() as inner:
            inner.run(pear(2))
    assert orchard.transact(lambda tx: tx.run(pear(3)), isolation="repeatable read") == 3
    assert orchard.run(COUNT) == 2


def test_a_read_only_transaction_is_read_only_and_the_next_one_is_not(
    orchard: RollbackDatabase,
) -> None:
    with (
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
        orchard.transaction(read_only=True) as tx,
    ):
        tx.run(pear(1))
    with orchard.transaction(read_only=True) as tx:
        assert tx.run(COUNT) == 0
    assert orchard.run(pear(1)) == 1


def test_streams_nest_and_calls_go_on_inside_them(orchard: RollbackDatabase) -> None:
    orchard.batch([pear(1), pear(2)])
    seen: list[tuple[int, int]] = []
    with orchard.stream(sql("select n from pears order by n")) as outer:
        for a in outer:
            with orchard.stream(sql("select n from pears order by n")) as inner:
                seen += [(a, b) for b in inner]
            orchard.run(pear(10 + a))
    assert seen == [(1, 1), (1, 2), (2, 1), (2, 2), (2, 11)]
    assert orchard.run(COUNT) == 4


def test_what_needs_another_connection_says_so(orchard: RollbackDatabase) -> None:
    with pytest.raises(NeedsCommit, match=r"connection\(\).*sqlkit_commit"):
        orchard.connection()
    with orchard.transaction():
        with pytest.raises(OutsideTransaction):
            orchard.run(COUNT)
        with pytest.raises(NeedsCommit, match="separate=True needs a second connection"):
            orchard.run(COUNT, separate=True)


def test_what_cannot_be_in_a_transaction_says_what_to_do(orchard: RollbackDatabase) -> None:
    with pytest.raises(psycopg.errors.ActiveSqlTransaction) as caught:
        orchard.run(sql("vacuum pears", kind="exec"))
    assert any("sqlkit_commit" in note for note in caught.value.__notes__)
    assert orchard.run(COUNT) == 0


def test_an_unknown_isolation_level_is_an_error_here_too(orchard: RollbackDatabase) -> None:
    with pytest.raises(ValueError, match="isolation must be one of"):
        orchard.transact(lambda tx: tx.run(COUNT), isolation="chaos")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_closing_and_opening_again_loses_nothing(orchard: RollbackDatabase) -> None:
    with orchard:
        orchard.run(pear(1))
    with orchard:
        assert orchard.run(COUNT) == 1


def test_threads_take_turns(orchard: RollbackDatabase) -> None:
    threads = [threading.Thread(target=orchard.run, args=[pear(n)]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert orchard.run(COUNT) == 8


async def test_async_calls_see_each_other_and_a_failed_one_undoes_only_itself(
    async_orchard: AsyncRollbackDatabase,
) -> None:
    db = async_orchard
    await db.run(pear(1))
    with pytest.raises(psycopg.errors.UniqueViolation):
        await db.run(pear(1))
    assert await db.batch([pear(4), pear(5)]) == [4, 5]

    async def fail(tx: AsyncTransaction) -> None:
        await tx.run(pear(6))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await db.transact(fail, isolation="serializable")
    async with db:
        assert await db.run(COUNT) == 3


async def test_async_streams_nest_and_calls_go_on_inside_them(
    async_orchard: AsyncRollbackDatabase,
) -> None:
    db = async_orchard
    await db.batch([pear(1), pear(2)])
    seen: list[tuple[int, int]] = []
    async with db.stream(sql("select n from pears order by n")) as outer:
        async for a in outer:
            async with db.stream(sql("select n from pears order by n")) as inner:
                seen += [(a, b) async for b in inner]
            await db.run(pear(10 + a))
    assert seen == [(1, 1), (1, 2), (2, 1), (2, 2), (2, 11)]
    assert await db.run(COUNT) == 4


async def test_tasks_take_turns(async_orchard: AsyncRollbackDatabase) -> None:
    await asyncio.gather(*(async_orchard.run(pear(n)) for n in range(8)))
    assert await async_orchard.run(COUNT) == 8


async def test_async_what_needs_another_connection_says_so(
    async_orchard: AsyncRollbackDatabase,
) -> None:
    with pytest.raises(NeedsCommit):
        async_orchard.connection()

    async def write(tx: AsyncTransaction) -> None:
        with pytest.raises(NeedsCommit):
            await async_orchard.run(COUNT, separate=True)
        await tx.run(pear(1))

    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        await async_orchard.transact(write, read_only=True)
    assert await async_orchard.run(COUNT) == 0


def test_a_statement_left_running_holds_nothing_up(database_url: str) -> None:
    async def abandon() -> AsyncRollbackDatabase:
        db = AsyncRollbackDatabase(database_url)
        await db.run(PEARS)
        stream = db.stream(sql("select generate_series(1, 100000)"))
        rows = await stream.__aenter__()
        await anext(rows)
        return db

    asyncio.run(abandon()).end()
    with psycopg.connect(database_url) as connection:
        connection.execute("set lock_timeout = '5s'")
        connection.execute("create table pears (n int)")
