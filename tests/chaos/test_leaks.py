"""10,000 calls that succeed, fail and are cancelled: every connection is there afterwards."""

from __future__ import annotations

import asyncio
import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg

from sqlkit import AsyncDatabase, Database, SqlkitError, deadline, sql

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.database.pool.servers import Machine

CALLS = 10_000
ONE = sql("select 1", kind="one")
NAP = sql("select pg_sleep(0.002)", kind="exec")
WRONG = sql("select 1 / :n::int", kind="one", n=0)
COUNT = (
    "select count(*) from pg_stat_activity"
    " where backend_type = 'client backend' and pid <> pg_backend_pid()"
)


def settled(database: Database | AsyncDatabase) -> Mapping[str, int]:
    """The pool's statistics, once what it opens instead of the last one lost is open."""
    for _ in range(100):
        if not database.pool_statistics()["opening"]:
            break
        time.sleep(0.05)
    return database.pool_statistics()


def connections(own: Machine, expected: int) -> object:
    """How many the server has; those that leave are given a moment."""
    for _ in range(100):
        if own.execute(COUNT) == [(expected,)]:
            return expected
        time.sleep(0.05)
    return own.execute(COUNT)


async def test_tasks_leak_nothing(own: Machine, tell: Callable[[str], None]) -> None:
    chance = random.Random(7)
    outcomes: dict[str, int] = {}

    async def call(number: int) -> None:
        if number % 5 == 4:
            async with database.transaction() as tx:
                await tx.run(chance.choice([ONE, NAP, WRONG]))
        elif number % 97 == 0:
            await database.run(sql("select pg_terminate_backend(pg_backend_pid())", kind="one"))
        else:
            await database.run(chance.choice([ONE, NAP, WRONG]))

    async with AsyncDatabase(own.url, policies=[], max_size=5, pool_timeout=60) as database:
        for begin in range(0, CALLS, 100):
            tasks = [asyncio.create_task(call(n)) for n in range(begin, begin + 100)]
            for task in chance.sample(tasks, 30):
                await asyncio.sleep(chance.random() * 0.001)
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                name = type(result).__name__
                outcomes[name] = outcomes.get(name, 0) + 1
        statistics = await asyncio.to_thread(settled, database)
        tell(f"{outcomes}; {statistics['opened']} opened")
        assert statistics["in_use"] == statistics["waiting"] == statistics["opening"] == 0
        assert statistics["available"] == statistics["size"] <= 5
        assert await asyncio.to_thread(connections, own, statistics["size"]) == statistics["size"]
    assert set(outcomes) <= {"NoneType", "CancelledError", "DivisionByZero", "CommitUnknown"}
    assert sum(outcomes.values()) == CALLS


def test_threads_leak_nothing(own: Machine, tell: Callable[[str], None]) -> None:
    outcomes: dict[str, int] = {}

    def call(number: int) -> Any:
        try:
            if number % 5 == 4:
                with database.transaction() as tx:
                    tx.run([ONE, NAP, WRONG][number % 3])
            elif number % 97 == 0:
                database.run(sql("select pg_terminate_backend(pg_backend_pid())", kind="one"))
            elif number % 11 == 0:
                with deadline(0.001):
                    database.run(NAP)
            else:
                database.run([ONE, NAP, WRONG][number % 3])
        except (psycopg.Error, SqlkitError) as error:
            return type(error).__name__
        return "fine"

    with (
        Database(own.url, policies=[], max_size=5, pool_timeout=60) as database,
        ThreadPoolExecutor(20) as threads,
    ):
        for name in threads.map(call, range(CALLS)):
            outcomes[name] = outcomes.get(name, 0) + 1
        statistics = settled(database)
        tell(f"{outcomes}; {statistics['opened']} opened")
        assert statistics["in_use"] == statistics["waiting"] == statistics["opening"] == 0
        assert statistics["available"] == statistics["size"] <= 5
        assert connections(own, statistics["size"]) == statistics["size"]
    assert set(outcomes) <= {"fine", "DivisionByZero", "CommitUnknown", "DeadlineExceeded"}
