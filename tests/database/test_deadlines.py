"""Time that is up: the query ends on the server, the connection is kept or replaced."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from sqlkit import DeadlineExceeded, Query, Statement, sql
from sqlkit.statement import Line
from tests.database.sleepers import SLEEPERS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator

    from sqlkit import AsyncDatabase
    from sqlkit.testing.server import Server

PID = sql("select pg_backend_pid()", kind="one")
SLEEP = sql("select pg_sleep(30)", kind="exec")


def sleep(timeout: float | None = None) -> Statement[Any]:
    query: Query[Any] = Query(
        name="things.sleep", kind="exec", lines=(Line("select pg_sleep(30)"),), timeout=timeout
    )
    return Statement(query)


@pytest.fixture
async def one(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> AsyncIterator[AsyncDatabase]:
    async with make_both(database_url, max_size=1, timeout=0.9, pool_timeout=2) as database:
        yield database


@contextmanager
def stopping(pid: int) -> Generator[Callable[[], None]]:
    """Gives a function that stops a process, which goes on at the end of the block."""
    try:
        yield lambda: os.kill(pid, signal.SIGSTOP)
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_the_database_s_timeout_ends_a_statement(one: AsyncDatabase) -> None:
    pid = await one.run(PID)
    with pytest.raises(
        DeadlineExceeded, match=r"^things\.sleep: no answer within 0\.\d+ s$"
    ) as caught:
        await one.run(sleep())
    assert isinstance(caught.value, TimeoutError)
    assert await one.run(PID) == pid
    assert await one.run(SLEEPERS) == 0


async def test_a_query_s_own_timeout_counts_more(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    async with make_both(database_url) as db:
        with pytest.raises(DeadlineExceeded, match=r"^things\.sleep: no answer within 0\.\d+ s$"):
            await db.run(sleep(0.1))
        assert await db.run(SLEEPERS) == 0


async def test_a_transaction_is_aborted_by_it(one: AsyncDatabase) -> None:
    with pytest.raises(DeadlineExceeded):
        async with one.transaction() as tx:
            await tx.run(sql("create table public.t ()", kind="exec"))
            await tx.run(sleep())
    assert await one.run(sql("select to_regclass('public.t')", kind="one")) is None


async def test_a_savepoint_saves_the_transaction_from_it(one: AsyncDatabase) -> None:
    async with one.transaction() as tx:
        with pytest.raises(DeadlineExceeded):
            async with tx.transaction() as savepoint:
                await savepoint.run(sleep())
        assert await tx.run(sql("select 1", kind="one")) == 1


async def test_a_stream_is_ended_by_it(one: AsyncDatabase) -> None:
    slow = sql(
        "select pg_sleep(case when n = 1500 then 30 else 0 end) from generate_series(1, 2000) n"
    )
    for kind in ("many", "copy"):
        statement = sql(slow.query.variant(()).sql, kind=kind)
        with pytest.raises(DeadlineExceeded):
            async with one.stream(statement) as rows:
                [row async for row in rows]
        assert await one.run(sql("select 1", kind="one")) == 1


async def test_a_batch_is_ended_by_it(one: AsyncDatabase) -> None:
    with pytest.raises(DeadlineExceeded):
        await one.batch([sql("select 1", kind="exec"), SLEEP])
    assert await one.run(sql("select 1", kind="one")) == 1
    assert await one.run(SLEEPERS) == 0


async def test_a_server_that_does_not_answer_at_all_loses_the_connection(
    one: AsyncDatabase, server: Server
) -> None:
    if server.pid is None:
        pytest.skip("the server's processes are not ours to stop")
    pid = await one.run(PID)
    begun = time.monotonic()
    with stopping(pid) as stop:
        stop()
        with pytest.raises(DeadlineExceeded):
            await one.run(sleep())
        assert time.monotonic() - begun < 5
        assert await one.run(PID) != pid


async def test_a_transaction_on_a_server_that_does_not_answer_ends_too(
    one: AsyncDatabase, server: Server
) -> None:
    if server.pid is None:
        pytest.skip("the server's processes are not ours to stop")
    pid = await one.run(PID)
    with pytest.raises(LookupError), stopping(pid) as stop:
        async with one.transaction() as tx:
            await tx.run(PID)
            stop()
            raise LookupError("the error to see is this one, not the rollback's")
    assert await one.run(PID) != pid


async def test_a_pool_without_a_free_connection_says_how_many_there_are(
    one: AsyncDatabase,
) -> None:
    async with one.connection():
        with pytest.raises(
            DeadlineExceeded, match=r"became free within 0\.\d s: at most 1 are open \(max_size\)"
        ) as caught:
            await one.run(sql("select 1"))
    assert isinstance(caught.value, TimeoutError)
    assert await one.run(sql("select 1", kind="one")) == 1
