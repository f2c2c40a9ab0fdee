"""A server that is away for 20 seconds, under load."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import psycopg

from sqlkit import AsyncDatabase, CommitUnknown, Database, SqlkitError, deadline, sql

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.pool.servers import Machine

AWAY = 20.0
ONE = sql("select 1", kind="one")


def test_8_threads_go_on_within_a_second_and_a_half(
    own: Machine, tell: Callable[[str], None]
) -> None:
    """With the default chain, and a deadline that is shorter than the outage."""
    over = threading.Event()
    successes: list[float] = []
    slowest_failure = 0.0

    def work() -> None:
        nonlocal slowest_failure
        while not over.is_set():
            began = time.monotonic()
            try:
                with deadline(5):
                    database.run(ONE)
                successes.append(time.monotonic())
                time.sleep(0.002)
            except (psycopg.Error, SqlkitError):
                slowest_failure = max(slowest_failure, time.monotonic() - began)

    with Database(own.url) as database:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        own.stop()
        stopped = time.monotonic()
        time.sleep(AWAY)
        own.start()
        started = time.monotonic()
        time.sleep(4)
        over.set()
        for thread in threads:
            thread.join()
    first = min(moment for moment in successes if moment > started) - started
    tell(f"first success {first:.2f} s after the server; slowest failure {slowest_failure:.2f} s")
    assert not [moment for moment in successes if stopped + 0.1 < moment < started - 0.5]
    assert first <= 1.5
    assert slowest_failure <= 5.5


async def test_tasks_go_on_within_a_second_and_a_half(
    own: Machine, tell: Callable[[str], None]
) -> None:
    """Without a chain: the pool alone."""
    successes: list[float] = []

    async def work(until: list[float]) -> None:
        while not until:
            try:
                await database.run(ONE)
                successes.append(time.monotonic())
            except (psycopg.Error, CommitUnknown):
                pass
            await asyncio.sleep(0.05)

    over: list[float] = []
    async with AsyncDatabase(own.url, policies=[]) as database:
        tasks = [asyncio.create_task(work(over)) for _ in range(64)]
        await asyncio.sleep(1)
        await asyncio.to_thread(own.stop)
        await asyncio.sleep(AWAY)
        await asyncio.to_thread(own.start)
        started = time.monotonic()
        await asyncio.sleep(3)
        over.append(started)
        await asyncio.gather(*tasks)
        size = database.pool_statistics()["size"]
    first = min(moment for moment in successes if moment > started) - started
    tell(f"first success {first:.2f} s after the server; {size} connections")
    assert first <= 1.5
    assert size <= 10
