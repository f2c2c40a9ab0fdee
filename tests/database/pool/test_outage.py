"""A server out of reach: what is said, how soon, and how the pool comes back."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from sqlkit import AsyncDatabase, Database, DeadlineExceeded, deadline, sql
from tests.database.pool.conftest import ONE
from tests.patience import within

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.pool.conftest import Records
    from tests.database.pool.servers import Machine

SLEEP = sql("select pg_sleep(0.02)", kind="exec")


async def test_the_error_is_the_network_s_and_says_where_it_was_tried(
    make_both: Callable[..., AsyncDatabase], own: Machine
) -> None:
    async with make_both(own.url, policies=[]) as database:
        assert await database.run(ONE) == 1
        own.stop()
        for _ in range(3):
            said = pytest.raises(psycopg.OperationalError, match="Connection refused")
            with within(2), said as caught:
                await database.run(ONE)
            assert caught.value.__notes__[0] == (
                "the address is from the conninfo given: "
                f"host=127.0.0.1 port={own.port} dbname=postgres user=postgres"
            )
        own.start()
        assert await database.run(ONE) == 1


async def test_it_is_back_at_once_and_has_its_size_again(
    make_both: Callable[..., AsyncDatabase], own: Machine, logged: Records
) -> None:
    async with make_both(own.url, policies=[], min_size=3) as database:
        assert await database.run(ONE) == 1
        own.stop()
        for _ in range(5):
            with pytest.raises(psycopg.OperationalError):
                await database.run(ONE)
        own.start()
        with within(2):  # no pause of an outage is that long
            assert await database.run(ONE) == 1
        for _ in range(500):
            if database.pool_statistics()["size"] == 3:
                break
            await asyncio.sleep(0.02)
        assert database.pool_statistics()["size"] == 3
    levels = [record["levelname"] for record in logged.of("connection_refused")]
    recovered = [record["levelname"] for record in logged.of("connection_recovered")]
    # One outage, unless a connection that was on its way when the server stopped came through.
    assert levels[0] == "WARNING"
    assert 1 <= levels.count("WARNING") == len(recovered)
    assert set(recovered) == {"INFO"}


def test_many_that_wait_each_have_an_error_of_their_own(own: Machine) -> None:
    def slow() -> str:
        time.sleep(0.3)  # so that they all wait for one attempt
        return own.url

    own.stop()
    with closing(Database(slow, policies=[], max_size=1)) as database:
        errors: list[BaseException] = []

        def call() -> None:
            try:
                database.run(ONE)
            except psycopg.OperationalError as error:
                error.add_note("mine")
                errors.append(error)

        threads = [threading.Thread(target=call) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert len({id(error) for error in errors}) == 20
        assert {error.__notes__.count("mine") for error in errors} == {1}


async def test_a_server_that_never_answers_ends_in_the_caller_s_deadline(
    make_both: Callable[..., AsyncDatabase],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        database = make_both(f"postgresql://me@127.0.0.1:{port}/shop", policies=[])
        said = f"^no connection to host=127.0.0.1 port={port} dbname=shop user=me within 0"
        with within(0.9), deadline(0.3), pytest.raises(DeadlineExceeded, match=said):
            await database.run(ONE)
        await database.close()


@pytest.fixture
def few(own: Machine) -> str:
    """As a role that may have two connections at a time."""
    own.execute("drop role if exists few")
    own.execute("create role few login connection limit 2")
    return make_conninfo(own.url, user="few")


async def test_tasks_wait_for_the_connections_there_are_if_the_server_allows_no_more(
    few: str,
) -> None:
    async with AsyncDatabase(few, policies=[]) as database:
        await asyncio.gather(*(database.run(SLEEP) for _ in range(60)))
        statistics = database.pool_statistics()
    assert statistics["size"] <= 2
    assert statistics["failed"] > 0


def test_threads_wait_for_the_connections_there_are_if_the_server_allows_no_more(
    few: str,
) -> None:
    with Database(few, policies=[]) as database, ThreadPoolExecutor(20) as threads:
        assert list(threads.map(database.run, [SLEEP] * 60)) == [None] * 60
        statistics = database.pool_statistics()
    assert statistics["size"] <= 2
    assert statistics["failed"] > 0


async def test_a_deadline_that_ends_while_nothing_can_be_opened_names_the_reason(
    own: Machine,
) -> None:
    own.execute("drop role if exists single")
    own.execute("create role single login connection limit 1")
    url = make_conninfo(own.url, user="single")
    async with (
        AsyncDatabase(url, policies=[], pool_timeout=0.5) as database,
        database.connection(),
    ):
        with pytest.raises(DeadlineExceeded, match="in use: 1") as caught:
            await database.run(ONE)
        assert "too many connections" in str(caught.value.__cause__)


def test_a_stopped_server_is_a_deadline_and_then_well_again(own: Machine) -> None:
    """Stopped, not ended: nothing is refused and nothing answered."""
    with Database(own.url, policies=[]) as database:
        pid = database.run(sql("select pg_backend_pid()", kind="one"))
        assert own.process is not None
        stopped = [own.process.pid, pid]
        for number in stopped:
            own.signal(number, signal.SIGSTOP)
        try:
            with within(2.5), deadline(0.5), pytest.raises(DeadlineExceeded):
                database.run(ONE)
        finally:
            for number in stopped:
                own.signal(number, signal.SIGCONT)
        assert database.run(ONE) == 1
