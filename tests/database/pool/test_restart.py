"""A server that was restarted, crashed or replaced: what a call notices of it."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from sqlkit import AsyncDatabase, CommitUnknown, Database, sql
from tests.database.pool.conftest import ONE, PID, pool_of
from tests.database.sleepers import wait_for
from tests.patience import within

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.pool.conftest import Records
    from tests.database.pool.servers import Machine


async def fill(database: AsyncDatabase, number: int) -> None:
    """Let the pool have so many idle connections."""
    async with database.connection() as held:
        await held.run(ONE)
        if number > 1:
            await fill(database, number - 1)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_after_a_restart_100_reads_succeed_the_slowest_within_half_a_second(
    make_both: Callable[..., AsyncDatabase], own: Machine, how: signal.Signals
) -> None:
    async with make_both(own.url, policies=[]) as database:
        await fill(database, 10)
        own.stop(how)
        own.start()
        for _ in range(100):
            with within(0.5):
                assert await database.run(ONE) == 1


async def test_a_connection_that_the_server_ended_is_not_used(
    make_both: Callable[..., AsyncDatabase], own: Machine, logged: Records
) -> None:
    async with make_both(own.url, policies=[]) as database:
        pid = await database.run(PID)
        own.execute(f"select pg_terminate_backend({pid}, 5000)")
        assert await database.run(PID) != pid
    (lost,) = logged.of("connection_lost")
    assert lost["sqlkit_backend"] == pid
    assert lost["levelname"] == "WARNING"


async def test_one_lost_connection_costs_the_others_a_check_and_not_their_lives(
    make_both: Callable[..., AsyncDatabase], own: Machine
) -> None:
    async with make_both(own.url, policies=[]) as database:
        async with database.connection() as kept:
            other = await kept.run(PID)
            pid = await database.run(PID)
        own.execute(f"select pg_terminate_backend({pid}, 5000)")
        assert {await database.run(PID) for _ in range(5)} == {other}


async def test_a_connection_lost_in_use_raises_and_is_replaced(
    make_both: Callable[..., AsyncDatabase], own: Machine
) -> None:
    async with make_both(own.url, policies=[]) as database:
        with pytest.raises(CommitUnknown):
            await database.run(sql("select pg_terminate_backend(pg_backend_pid())", kind="one"))
        assert await database.run(ONE) == 1


def test_a_server_that_answers_nothing_condemns_all_connections_at_once(own: Machine) -> None:
    with Database(own.url, policies=[], startup_timeout=0) as database:
        pool = pool_of(database)
        held = [pool.take() for _ in range(5)]
        pids = [conn.backend for conn in held]
        for conn in held:
            pool.give(conn)
        time.sleep(0.6)  # long enough for a check
        for pid in pids:
            own.signal(pid, signal.SIGSTOP)
        try:
            with within(2):  # one check of a second, not five
                assert database.run(PID) not in pids
        finally:
            for pid in pids:
                own.signal(pid, signal.SIGCONT)
        assert database.pool_statistics()["lost"] == 1
        assert database.pool_statistics()["discarded"] == 4


async def test_a_write_in_a_read_only_transaction_drains_nothing(own: Machine) -> None:
    async with AsyncDatabase(own.url, policies=[]) as database:
        pid = await database.run(PID)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            async with database.transaction(read_only=True) as tx:
                await tx.run(sql("create table t ()", kind="exec"))
        assert await database.run(PID) == pid
        assert database.pool_statistics()["discarded"] == 0


async def test_a_stop_in_the_middle_fails_what_runs_and_nothing_after_the_start(
    own: Machine,
) -> None:
    async with AsyncDatabase(own.url, policies=[]) as database:
        await fill(database, 4)
        sleepers = [
            asyncio.create_task(database.run(sql("select pg_sleep(30)", kind="exec")))
            for _ in range(4)
        ]
        await wait_for(database, 4)
        await asyncio.to_thread(own.restart)
        for sleeper in sleepers:
            with pytest.raises(CommitUnknown):
                await sleeper
        assert await asyncio.gather(*(database.run(ONE) for _ in range(20))) == [1] * 20
