"""A database that goes on in a forked process, in another event loop, and in many threads."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from sqlkit import AsyncDatabase, Database, sql

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

# Python 3.12 and newer warn of threads, of which there may be some, in every fork.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")


def echo(n: int) -> Any:
    return sql("select :n::int as n, pg_backend_pid() as pid", kind="one", n=n)


def in_a_child(work: Callable[[], None]) -> int:
    """Do it in a forked process; gives how that ended."""
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1]


@needs_fork
def test_parent_and_child_of_a_fork_get_their_own_rows(module_url: str) -> None:
    def ask(first: int) -> set[int]:
        rows = [db.run(echo(n)) for n in range(first, first + 200)]
        assert [row.n for row in rows] == list(range(first, first + 200))
        assert db.batch([echo(first), echo(first + 1)])[1].n == first + 1
        return {row.pid for row in rows}

    def child() -> None:
        assert ask(1000).isdisjoint(before)

    with Database(module_url, max_size=2) as db:
        before = ask(0)
        for _ in range(3):
            assert in_a_child(child) == 0
            assert ask(5000) == before


@needs_fork
def test_a_fork_in_a_stream_leaves_the_rows_to_the_parent(module_url: str) -> None:
    with Database(module_url, max_size=2) as db:
        numbers = sql("select g from generate_series(1, 5000) as g")
        for statement in (numbers, sql("select g from generate_series(1, 5000) as g", kind="copy")):
            with db.stream(statement) as rows:
                first = next(rows)
                assert in_a_child(db.close) == 0
                assert [first, *rows] == list(range(1, 5001))
            assert db.run(echo(7)).n == 7


@needs_fork
def test_a_fork_in_a_thread_does_not_wait_for_the_others(module_url: str) -> None:
    ends = threading.Event()

    def work() -> None:
        n = 0
        while not ends.is_set():
            n += 1
            assert db.run(echo(n)).n == n

    def child() -> None:
        assert [db.run(echo(n)).n for n in range(50)] == list(range(50))

    with Database(module_url, max_size=3) as db, ThreadPoolExecutor(3) as threads:
        busy = [threads.submit(work) for _ in range(3)]
        statuses = [in_a_child(child) for _ in range(5)]
        ends.set()
        for done in busy:
            done.result()
    assert statuses == [0] * 5


def test_a_database_goes_on_in_the_next_event_loop(
    module_url: str, on_loop: Callable[[Coroutine[Any, Any, Any]], Any]
) -> None:
    async def ask(first: int) -> None:
        rows = await asyncio.gather(*(database.run(echo(n)) for n in range(first, first + 50)))
        assert [row.n for row in rows] == list(range(first, first + 50))
        async with database.transaction() as tx:
            assert (await tx.run(echo(first))).n == first

    async def leave_in_the_middle() -> None:
        asyncio.get_running_loop().create_task(database.run(sql("select pg_sleep(30)", "exec")))
        await asyncio.sleep(0.05)

    async def close() -> None:
        await database.close()

    database = AsyncDatabase(module_url, max_size=3)
    for first in (0, 1000):
        on_loop(ask(first))
    on_loop(leave_in_the_middle())
    on_loop(ask(2000))
    on_loop(close())


def test_a_database_serves_one_loop_of_each_kind_after_the_other(module_url: str) -> None:
    uvloop = pytest.importorskip("uvloop")

    async def ask() -> Any:
        return [(await database.run(echo(n))).n for n in range(5)]

    async def close() -> None:
        await database.close()

    database = AsyncDatabase(module_url, max_size=1)
    for factory in (asyncio.new_event_loop, uvloop.new_event_loop, asyncio.new_event_loop):
        with asyncio.Runner(loop_factory=factory) as runner:
            assert runner.run(ask()) == list(range(5))
    asyncio.run(close())
