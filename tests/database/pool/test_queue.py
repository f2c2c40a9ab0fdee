"""Those that wait for a connection: fair, bounded, and told why."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import pytest

from sqlkit import AsyncDatabase, Database, DeadlineExceeded, PoolExhausted, sql
from tests.database.pool.conftest import ONE, async_pool_of
from tests.patience import within

if TYPE_CHECKING:
    from tests.database.pool.conftest import Records

NAP = sql("select pg_sleep(0.002)", kind="exec")


def test_50_threads_on_2_connections_are_served_alike(database_url: str) -> None:
    with Database(database_url, max_size=2, policies=[]) as database:
        counts = [0] * 50
        end = time.monotonic() + 1.5

        def work(number: int) -> None:
            while time.monotonic() < end:
                database.run(NAP)
                counts[number] += 1

        threads = [threading.Thread(target=work, args=(number,)) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # A thread that the machine lets wait is late for a turn or two; one that starves has few.
        assert max(counts) <= 2 * min(counts)
        assert database.pool_statistics()["size"] == 2


async def test_200_tasks_on_2_connections_are_served_in_their_order(database_url: str) -> None:
    async with AsyncDatabase(database_url, max_size=2, policies=[]) as database:
        served: list[int] = []

        async def work(number: int) -> None:
            async with database.connection() as held:
                served.append(number)
                await held.run(NAP)

        await asyncio.gather(*(work(number) for number in range(200)))
        assert served == list(range(200))


def test_a_full_queue_refuses_at_once(database_url: str, logged: Records) -> None:
    said = (
        r"^2 calls wait for a connection of database 'shop' already \(max_waiting\); "
        r"in use: 1 of 1 \(max_size\)$"
    )
    with Database(database_url, max_size=1, max_waiting=2, name="shop", policies=[]) as database:
        with database.connection():
            waiting = [threading.Thread(target=database.run, args=(ONE,)) for _ in range(2)]
            for thread in waiting:
                thread.start()
            while database.pool_statistics()["waiting"] < 2:
                time.sleep(0.001)
            begun = time.monotonic()
            with within(0.5):
                for _ in range(100):
                    with pytest.raises(PoolExhausted, match=said):
                        database.run(ONE)
            taken = time.monotonic() - begun
        for thread in waiting:
            thread.join()
        assert database.pool_statistics()["exhausted"] == 100
    told, *again = logged.of("connection_exhausted")
    assert len(again) <= taken  # one a second
    assert told["levelname"] == "WARNING"
    assert told["sqlkit_database"] == "shop"


async def test_a_full_queue_of_tasks_refuses_at_once(database_url: str) -> None:
    async with AsyncDatabase(database_url, max_size=1, max_waiting=2, policies=[]) as database:
        async with database.connection():
            waiting = [asyncio.create_task(database.run(ONE)) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(PoolExhausted):
                await database.run(ONE)
        assert await asyncio.gather(*waiting) == [1, 1]


async def test_a_wait_that_ends_says_how_long_it_was_and_how_big_the_pool_is(
    database_url: str,
) -> None:
    async with AsyncDatabase(
        database_url, max_size=2, pool_timeout=0.2, name="shop", policies=[]
    ) as database:
        async with database.connection(), database.connection():
            with within(0.5), pytest.raises(DeadlineExceeded) as caught:
                await database.run(ONE)
        assert str(caught.value) == (
            "no connection of database 'shop' became free within 0.2 s: at most 2 are open "
            "(max_size); in use: 2, still waiting: 0"
        )
        statistics = database.pool_statistics()
        assert statistics["timeouts"] == 1
        assert statistics["wait_ms"] >= 200


async def test_a_cancelled_wait_leaves_its_place(database_url: str) -> None:
    async with AsyncDatabase(database_url, max_size=1, policies=[]) as database:
        async with database.connection():
            first = asyncio.create_task(database.run(ONE))
            second = asyncio.create_task(database.run(ONE))
            await asyncio.sleep(0)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            assert database.pool_statistics()["waiting"] == 1
        assert await second == 1


async def test_a_connection_given_to_a_task_that_is_cancelled_then_is_not_lost(
    database_url: str,
) -> None:
    async with AsyncDatabase(database_url, max_size=1, policies=[]) as database:
        pool = async_pool_of(database)
        for _ in range(50):
            conn = await pool.take()
            waits = asyncio.create_task(pool.take())
            await asyncio.sleep(0)
            pool.give(conn)  # it has it, and hasn't run since
            waits.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waits
        assert database.pool_statistics()["size"] == 1
        assert database.pool_statistics()["available"] == 1
