"""How late a deadline's error comes, and how soon its query is gone: as the issue bounds it.

The bounds are for a machine that has nothing else to do; ``SLACK`` is for one that has.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from sqlkit import DeadlineExceeded, deadline, sql
from tests.patience import SLACK, within

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable

    from sqlkit import AsyncDatabase
    from sqlkit.testing.server import Server

LATE = 0.1
LATE_IF_STOPPED = 1.0
GONE = 0.3
SECONDS = 0.3

SLEEP = sql("select pg_sleep(30)", kind="exec")
CALL = sql("do $$ begin perform pg_sleep(30); end $$", kind="exec")
UPDATE = sql("update t set n = n + 1", kind="exec")


@pytest.fixture
async def one(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> AsyncIterator[AsyncDatabase]:
    async with make_both(database_url, max_size=1) as database:
        await database.run(sql("create table t as select 1 as n", kind="exec"))
        yield database


@asynccontextmanager
async def late(bound: float) -> AsyncGenerator[None]:
    """A block that ends when `SECONDS` are over, late by so much at most."""
    begun = time.monotonic()
    with pytest.raises(DeadlineExceeded), deadline(SECONDS):
        yield
    lateness = time.monotonic() - begun - SECONDS
    print(f"late by {lateness * 1000:.1f} ms")  # noqa: T201 # pytest -s shows it
    assert 0 <= lateness <= bound + SLACK


def is_at_work(conn: psycopg.Connection[object]) -> bool:
    query = "select from pg_stat_activity where state = 'active' and pid <> pg_backend_pid()"
    return conn.execute(query + " and datname = current_database()").rowcount > 0


@pytest.mark.parametrize("statement", [SLEEP, CALL, UPDATE], ids=["sleep", "procedure", "lock"])
async def test_a_statement_ends_in_time_and_is_gone(
    one: AsyncDatabase, database_url: str, statement: object
) -> None:
    pid = await one.run(sql("select pg_backend_pid()", kind="one"))
    with (
        psycopg.connect(database_url, autocommit=True) as watch,
        psycopg.connect(database_url) as other,
    ):
        other.execute("select from t for update")
        async with late(LATE):
            await one.run(statement)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        end = time.monotonic() + GONE + SLACK
        while is_at_work(watch):
            assert time.monotonic() < end
        other.rollback()
    assert await one.run(sql("select pg_backend_pid()", kind="one")) == pid


async def test_a_wait_for_a_connection_ends_in_time(one: AsyncDatabase) -> None:
    async with one.connection(), late(LATE):
        await one.run(sql("select 1"))


async def test_a_pause_between_attempts_ends_in_time(one: AsyncDatabase) -> None:
    conflict = sql("do $$ begin raise serialization_failure; end $$", kind="exec")
    said = pytest.raises((DeadlineExceeded, psycopg.errors.SerializationFailure))
    with within(SECONDS + LATE), said, deadline(SECONDS):
        await one.run(conflict)


async def test_a_server_that_is_stopped_is_given_up(one: AsyncDatabase, server: Server) -> None:
    if server.pid is None:
        pytest.skip("the server's processes are not ours to stop")
    pid = await one.run(sql("select pg_backend_pid()", kind="one"))
    os.kill(pid, signal.SIGSTOP)
    try:
        async with late(LATE_IF_STOPPED):
            await one.run(SLEEP)
        assert await one.run(sql("select pg_backend_pid()", kind="one")) != pid
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_a_deadline_that_has_passed_sends_nothing(one: AsyncDatabase) -> None:
    with pytest.raises(DeadlineExceeded), deadline(0):
        await one.run(UPDATE)
    assert await one.run(sql("select n from t", kind="one")) == 1
