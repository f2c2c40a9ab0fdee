"""Calls that hold what they get against what they asked for, from many tasks and threads at once.

Written on the async face, as in `tests.awaited`, for a `Database` too.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

from sqlkit import AsyncDatabase, Database, sql
from tests.awaited import Awaited, at_once

if TYPE_CHECKING:
    from sqlkit import Statement


AT_ONCE = 4


def row(n: int) -> Statement[Any]:
    return sql("select :n::int as n, :t::text as t", kind="one", n=n, t=f"text {n}")


def slow_row(n: int) -> Statement[Any]:
    return sql(
        "select :n::int as n, :t::text as t from pg_sleep(0.002)", kind="one", n=n, t=f"text {n}"
    )


def rows(n: int) -> Statement[Any]:
    return sql("select :n::int + g from generate_series(0, 4) as g", n=n)


async def in_a_run(db: AsyncDatabase, n: int) -> None:
    assert await db.run(row(n)) == (n, f"text {n}")
    assert await db.run(rows(n)) == list(range(n, n + 5))


async def in_a_slow_run(db: AsyncDatabase, n: int) -> None:
    assert await db.run(slow_row(n)) == (n, f"text {n}")


async def in_a_batch(db: AsyncDatabase, n: int) -> None:
    answers = await db.batch([row(n), rows(n), row(n + 1)])
    assert answers == [(n, f"text {n}"), list(range(n, n + 5)), (n + 1, f"text {n + 1}")]


async def in_a_transaction(db: AsyncDatabase, n: int) -> None:
    async with db.transaction() as tx:
        assert await tx.run(row(n)) == (n, f"text {n}")
        assert await tx.run(slow_row(n + 1)) == (n + 1, f"text {n + 1}")


async def in_a_stream(db: AsyncDatabase, n: int) -> None:
    async with db.stream(rows(n)) as found:
        assert [value async for value in found] == list(range(n, n + 5))


async def in_a_copy(db: AsyncDatabase, n: int) -> None:
    async with db.stream(sql("select g from generate_series(1, 50) as g", kind="copy")) as found:
        assert [value async for value in found] == list(range(1, 51))
    await in_a_run(db, n)


WAYS = (in_a_run, in_a_slow_run, in_a_batch, in_a_transaction, in_a_stream, in_a_copy)


async def ask(db: AsyncDatabase, n: int) -> None:
    """One call of one kind or another. Raises AssertionError for another's row."""
    await WAYS[n % len(WAYS)](db, n)


async def among_cancelled_tasks(url: str, cancellations: int, tasks: int = 64) -> None:
    """Tasks that ask all the time, of which random ones are cancelled and replaced, many times."""
    seed = random.randrange(1_000_000)
    chance = random.Random(seed)
    numbers = itertools.count()

    async def work(db: AsyncDatabase) -> None:
        while True:
            await ask(db, next(numbers))

    async with AsyncDatabase(url, max_size=8, pool_timeout=60) as db:
        running = [asyncio.ensure_future(work(db)) for _ in range(tasks)]
        for _ in range(cancellations // AT_ONCE):
            await asyncio.sleep(chance.random() * 0.004)
            victims = chance.sample(range(tasks), AT_ONCE)
            for victim in victims:
                running[victim].cancel()
            ended = await asyncio.gather(*(running[v] for v in victims), return_exceptions=True)
            assert all(isinstance(e, asyncio.CancelledError) for e in ended), f"{seed}: {ended}"
            for victim in victims:
                running[victim] = asyncio.ensure_future(work(db))
        for task in running:
            task.cancel()
        ended = await asyncio.gather(*running, return_exceptions=True)
        assert all(isinstance(e, asyncio.CancelledError) for e in ended), f"{seed}: {ended}"
        await asyncio.gather(*(ask(db, n) for n in range(24)))
        statistics = db.pool_statistics()
        assert statistics["in_use"] == statistics["waiting"] == 0
        assert statistics["available"] == statistics["size"] <= 8


def among_threads(url: str, calls: int, threads: int = 16, connections: int = 4) -> None:
    """Threads that share a few connections; each call with numbers of its own."""
    ready = threading.Barrier(threads)

    def work(first: int) -> None:
        ready.wait()
        for n in range(first, calls, threads):
            if n % 10:
                assert db.run(row(n)) == (n, f"text {n}")
            else:
                at_once(ask(face, n // 10 * 7))

    with Database(url, max_size=connections, pool_timeout=60) as db:
        face = cast("AsyncDatabase", Awaited(db))
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(work, first) for first in range(threads)]:
                done.result()
        assert db.pool_statistics()["in_use"] == 0
