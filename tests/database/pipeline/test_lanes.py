"""Reads of many tasks: each gets its own rows, in few round trips."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import AsyncDatabase, NoRow, TooManyRows, UnreadableValue, WrongArgument
from tests.database.pipeline.reads import (
    PID,
    failing,
    lanes,
    lanes_answer,
    on_a_lane,
    piped,
    read,
    row,
    slow,
    warm,
)

if TYPE_CHECKING:
    from sqlkit import Statement


async def test_each_task_gets_its_own_rows(db: AsyncDatabase) -> None:
    async def reader(first: int) -> None:
        for n in range(first, first + 50):
            assert await db.run(row(n)) == (n, f"row {n}")

    await asyncio.gather(*(reader(n) for n in range(1, 65)))


async def test_the_kinds_give_what_they_give_anyway(db: AsyncDatabase) -> None:
    maybe = read("select name from t where n = :n", "maybe", n=600)
    many = read("select n from t where n <= :n order by n", "many", n=3)
    one = read("select name from t where n = :n", n=2)
    await warm(db, maybe, many, one)
    found = await asyncio.gather(*(db.run(statement) for statement in (maybe, many, one)))
    assert found == [None, [1, 2, 3], "row 2"]


async def test_the_reads_of_one_turn_share_a_transaction(db: AsyncDatabase) -> None:
    now = read("select now()")
    await warm(db, now)
    for _ in range(100):  # a text rests while the machine is slow
        moments = await asyncio.gather(*(db.run(now) for _ in range(60)))
        if len(set(moments)) <= 2:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("they have transactions of their own")


async def test_at_most_two_connections_are_opened_besides_the_pool_s(db: AsyncDatabase) -> None:
    calls = [db.run(PID) for _ in range(1000)]
    assert len(set(await asyncio.gather(*calls))) <= 2 + 4
    assert 1 <= len(lanes(db)) <= 2


async def test_more_reads_than_may_wait_take_the_ordinary_way(tables: str) -> None:
    async with piped(tables, max_size=2, max_waiting=30) as db:
        await warm(db)
        pids = await asyncio.gather(*(db.run(PID) for _ in range(50)))
        assert {pid not in lanes(db) for pid in pids} == {True, False}


# --- Neighbours


async def test_a_failing_call_fails_alone(db: AsyncDatabase) -> None:
    await warm(db, failing(1))
    calls = [db.run(failing(0) if n == 20 else row(n)) for n in range(1, 41)]
    found = await asyncio.gather(*calls, return_exceptions=True)
    error = found.pop(19)
    assert isinstance(error, psycopg.errors.DivisionByZero)
    assert error.__notes__ == ["in sql"]
    assert found == [(n, f"row {n}") for n in range(1, 41) if n != 20]


async def test_half_of_the_calls_may_fail(db: AsyncDatabase) -> None:
    await warm(db, failing(1))

    async def caller(n: int) -> None:
        for _ in range(20):
            if n % 2:
                with pytest.raises(psycopg.errors.DivisionByZero):
                    await db.run(failing(0))
            else:
                assert await db.run(row(n)) == (n, f"row {n}")

    await asyncio.gather(*(caller(n) for n in range(1, 41)))


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        (row(600), NoRow),
        (read("select n from t where n > :n", n=0), TooManyRows),
        (read("select (:n || 'nity')::date", n="infi"), UnreadableValue),
        (row("one"), WrongArgument),  # type: ignore[arg-type]
    ],
)
async def test_an_error_is_the_one_of_the_ordinary_way(
    db: AsyncDatabase, tables: str, statement: Statement[Any], error: type[Exception]
) -> None:
    async with AsyncDatabase(tables) as plain:
        with pytest.raises(error) as ordinary:
            await plain.run(statement)
    for _ in range(3):
        calls = [db.run(statement), db.run(row(1)), db.run(statement)]
        found = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(found[0]), str(found[0])] == [error, str(ordinary.value)]
        assert found[1] == (1, "row 1")
        await asyncio.sleep(0.02)


async def test_a_wrong_argument_leaves_a_text_on_its_lane(db: AsyncDatabase) -> None:
    by_pid = read("select pg_backend_pid() where :n = 1", n=1)
    for _ in range(20):  # a text rests while the machine is slow
        await on_a_lane(db, by_pid)
        with pytest.raises(WrongArgument):
            await db.run(read("select pg_backend_pid() where :n = 1", n="x"))
        if await db.run(by_pid) in lanes(db):
            return
    raise AssertionError("a wrong argument makes its text rest")


# --- What takes long


async def test_a_slow_call_holds_up_nobody_and_is_answered(db: AsyncDatabase) -> None:
    await warm(db, slow(0))
    done: list[Any] = []

    async def note(statement: Statement[Any]) -> None:
        done.append(await db.run(statement))

    await asyncio.gather(*(note(slow(1.5) if n == 3 else row(n)) for n in range(1, 60)))
    assert done[-1] == 1.5
    assert len(done) == 59


async def test_a_text_that_was_slow_takes_the_ordinary_way_from_then_on(
    db: AsyncDatabase,
) -> None:
    pid = read("select pg_backend_pid() from slow(:seconds)", seconds=0.0)
    await warm(db, pid)
    await on_a_lane(db, pid)
    await db.run(read("select pg_backend_pid() from slow(:seconds)", seconds=1.0))
    assert await db.run(pid) not in lanes(db)


async def test_many_slow_calls_at_once_leave_the_others_their_lanes(db: AsyncDatabase) -> None:
    await warm(db, slow(0))
    slow_ones = [asyncio.create_task(db.run(slow(0.1))) for _ in range(20)]
    for n in range(1, 200):
        assert await db.run(row(n)) == (n, f"row {n}")
    assert await asyncio.gather(*slow_ones) == [0.1] * 20
    await lanes_answer(db)


async def test_what_a_lock_holds_up_takes_the_ordinary_way(db: AsyncDatabase) -> None:
    async with db.transaction() as tx:
        await tx.run(read("lock table t in access exclusive mode", "exec"))
        task = asyncio.create_task(db.run(row(1)))
        assert await asyncio.gather(*(read_pid(db) for _ in range(20)))
        assert not task.done()
    assert await task == (1, "row 1")


async def read_pid(db: AsyncDatabase) -> int:
    return int(await db.run(PID, separate=True))
