"""Deadlines hold on a lane too, and a task that is cancelled leaves nobody another's row."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from sqlkit import DeadlineExceeded, deadline
from tests.database.pipeline.reads import (
    SLEEPERS,
    failing,
    lanes_answer,
    piped,
    read,
    row,
    slow,
    warm,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit import AsyncDatabase


async def until_nobody_sleeps(db: AsyncDatabase) -> None:
    for _ in range(500):
        if not await db.run(SLEEPERS):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("somebody still sleeps")


@pytest.mark.parametrize("seconds", [0.004, 0.04, 0.3])
async def test_a_deadline_ends_a_call_and_its_query(db: AsyncDatabase, seconds: float) -> None:
    await warm(db, slow(0))
    for _ in range(3):
        begun = time.monotonic()
        with deadline(seconds), pytest.raises(DeadlineExceeded, match=r"within|had passed"):
            await db.run(slow(20))
        assert time.monotonic() - begun < 10
        await until_nobody_sleeps(db)
    await lanes_answer(db)


async def test_a_query_s_own_timeout_ends_it(tables: str) -> None:
    statement = slow(20)
    limited = replace(statement, query=replace(statement.query, timeout=3.0))
    quick = replace(limited, args=(0.0,))
    async with piped(tables) as db:
        await warm(db, quick)
        with pytest.raises(DeadlineExceeded):
            await db.run(limited)
        await until_nobody_sleeps(db)


async def test_the_database_s_timeout_ends_a_call_without_a_chain(tables: str) -> None:
    async with piped(tables, timeout=3.0, policies=[]) as db:
        await warm(db, slow(0))
        with pytest.raises(DeadlineExceeded):
            await db.run(slow(20))
        await until_nobody_sleeps(db)


async def test_a_deadline_of_one_call_leaves_the_others_of_its_batch(db: AsyncDatabase) -> None:
    await warm(db, slow(0))

    async def limited() -> None:
        with deadline(0.2), pytest.raises(DeadlineExceeded):
            await db.run(slow(20))

    calls = [limited(), *(db.run(row(n)) for n in range(1, 40))]
    assert (await asyncio.gather(*calls))[1:] == [(n, f"row {n}") for n in range(1, 40)]


async def test_a_cancelled_task_ends_its_query(db: AsyncDatabase) -> None:
    await warm(db, slow(0))
    for pause in (0, 0.01, 0.1):
        task = asyncio.create_task(db.run(slow(20)))
        await asyncio.sleep(pause)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until_nobody_sleeps(db)
    await lanes_answer(db)


def test_500_cancellations_give_nobody_another_s_row(
    tables: str, on_loop: Callable[..., Any]
) -> None:
    on_loop(cancellations(tables))


async def cancellations(tables: str) -> None:
    chance = random.Random(5)
    async with piped(tables, max_size=4) as db:
        await warm(db, failing(1), slow(0), read("select n, repeat('x', 2000) from t", "many"))
        readers: set[asyncio.Task[None]] = set()
        for number in range(564):
            if len(readers) >= 64:
                task = chance.choice(list(readers))
                task.cancel()
                await asyncio.sleep(chance.random() * 0.003)
                readers = {task for task in readers if not task.done() or not ended_well(task)}
            readers.add(asyncio.create_task(reader(db, random.Random(number))))
        for task in readers:
            task.cancel()
        for result in await asyncio.gather(*readers, return_exceptions=True):
            assert isinstance(result, asyncio.CancelledError)
        await lanes_answer(db)


def ended_well(task: asyncio.Task[None]) -> bool:
    if not task.cancelled():
        task.result()
    return True


async def reader(db: AsyncDatabase, chance: random.Random) -> None:
    while True:
        n = chance.randint(1, 500)
        kind = chance.random()
        if kind < 0.02:
            with pytest.raises(Exception, match="division by zero"):
                await db.run(failing(0))
        elif kind < 0.03:
            seconds: Any = chance.random() * 0.05
            assert await db.run(slow(seconds)) == seconds
        elif kind < 0.05:
            text = "select n, repeat('x', 2000) from t"
            assert len(await db.run(read(text, "many"))) == 500
        else:
            assert await db.run(row(n)) == (n, f"row {n}")
