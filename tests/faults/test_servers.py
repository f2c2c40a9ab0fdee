"""Servers that refuse, shut down, crash or end what takes too long."""

from __future__ import annotations

import os
import signal
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from sqlkit import CommitUnknown
from sqlkit.policy.retry import Retry
from sqlkit.testing import bundled, own
from sqlkit.testing.binaries import Unusable
from tests.database.pool.servers import Machine, machine
from tests.faults import calls
from tests.faults.calls import ADD, PID
from tests.faults.watching import meanwhile, until, waiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit import AsyncConnection
    from sqlkit.testing.server import Server
    from tests.faults.conftest import Open, Session
    from tests.faults.seen import Seen

OFTEN = Retry(attempts=1000, base=0.01, cap=0.05, each_second=1000)


@pytest.fixture(scope="module")
def one() -> Iterator[Machine]:
    """A server that can be harmed."""
    with machine() as started:
        started.execute(calls.TABLES)
        started.execute("create role locked_out login connection limit 0")
        started.execute("create role known login password 'right'")
        access = started.cluster.data / "pg_hba.conf"
        access.write_text(f"host all known all scram-sha-256\n{access.read_text()}")
        started.execute("select pg_reload_conf()")
        yield started


@pytest.fixture
def direct(one: Machine) -> Iterator[Session]:
    with psycopg.connect(one.url, autocommit=True) as conn:
        conn.execute("alter sequence executions restart; update counter set n = 0")
        yield conn


def refused(what: str, one: Machine, stack: ExitStack) -> str:
    if what == "shutting down":
        stack.enter_context(psycopg.connect(one.url))  # a smart shutdown waits for it
        assert one.process is not None
        one.process.send_signal(signal.SIGTERM)
        until(lambda: not accepts(one.url))
        stack.callback(one.restart)
    return {
        "connection refused": "host=127.0.0.1 port=9 user=postgres",
        "no such database": make_conninfo(one.url, dbname="nowhere"),
        "too many connections": make_conninfo(one.url, user="locked_out"),
        "wrong password": make_conninfo(one.url, user="known", password="wrong"),
        "shutting down": one.url,
    }[what]


def accepts(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.parametrize(
    "what",
    [
        "connection refused",
        "no such database",
        "too many connections",
        "wrong password",
        "shutting down",
    ],
)
async def test_a_server_that_refuses_is_asked_five_times_and_its_words_are_told(
    open_one: Open, one: Machine, seen: Seen, what: str
) -> None:
    """When connecting libpq tells no SQLSTATE, so what is refused for good isn't known as such."""
    with ExitStack() as stack:
        db = open_one(refused(what, one, stack))
        with pytest.raises(psycopg.OperationalError) as caught:
            await db.run(ADD)
        await db.close()
    assert caught.value.sqlstate is None
    assert [attempt.phase for attempt in seen.attempts] == ["unsent"] * 5


async def test_a_server_that_has_no_connection_left_is_asked_again(
    open_one: Open, one: Machine, direct: Session, seen: Seen
) -> None:
    def give_one() -> None:
        until(lambda: seen.errors("add"))
        direct.execute("alter role locked_out connection limit 1")

    direct.execute("grant all on all tables in schema public to locked_out")
    direct.execute("grant all on all sequences in schema public to locked_out")
    db = open_one(make_conninfo(one.url, user="locked_out"), retry=OFTEN)
    try:
        assert await meanwhile(db, db.run(ADD), give_one) == 1
    finally:
        await db.close()
        direct.execute("alter role locked_out connection limit 0")
    assert calls.executions(direct) == 1


def crash(pid: int) -> None:
    """Kill one process of the server: all sessions end, and the server recovers."""
    os.kill(pid, signal.SIGKILL)


async def test_a_write_under_way_is_unknown_when_the_server_crashes(
    open_one: Open, one: Machine, direct: Session, seen: Seen
) -> None:
    lock = psycopg.connect(one.url)
    lock.execute("select from counter for update")

    def crash_another() -> None:
        waiting(direct)
        crash(lock.info.backend_pid)
        lock.close()

    async with open_one(one.url, retry=OFTEN) as db:
        error = await meanwhile(db, db.run(ADD), crash_another)
        assert isinstance(error, CommitUnknown)
        assert await db.run(ADD) == 1
    assert one.execute("select n from counter") == [(1,)]


async def test_transact_survives_a_crash_of_the_server(
    open_one: Open, one: Machine, direct: Session
) -> None:
    attempts = 0

    async def twice(tx: AsyncConnection) -> None:
        nonlocal attempts
        attempts += 1
        await tx.run(ADD)
        if attempts == 1:
            crash(await tx.run(PID))
        await tx.run(ADD)

    async with open_one(one.url, retry=OFTEN) as db:
        await db.transact(twice)
    assert attempts == 2
    assert one.execute("select n from counter") == [(2,)]


# --- transaction_timeout, from PostgreSQL 17 on


@pytest.fixture(scope="module")
def newest() -> Iterator[Server]:
    try:
        binaries = bundled.find(18)
    except Unusable as reason:
        pytest.skip(str(reason))
    with own.open_server(binaries, "bundled", {}) as server:
        with psycopg.connect(server.url, autocommit=True) as conn:
            conn.execute(calls.TABLES)
        yield server


async def test_a_transaction_that_took_too_long_is_not_begun_again(
    open_one: Open, newest: Server, seen: Seen
) -> None:
    attempts = 0

    async def slow(tx: AsyncConnection) -> None:
        nonlocal attempts
        attempts += 1
        await tx.run(ADD)
        time.sleep(1.5)  # noqa: ASYNC251 # what else is done meanwhile doesn't matter
        await tx.run(ADD)

    url = make_conninfo(newest.url, options="-c transaction_timeout=1s")
    async with open_one(url) as db:
        pid = await db.run(PID)
        with pytest.raises(psycopg.errors.TransactionTimeout):
            await db.transact(slow)
        assert await db.run(PID) != pid
    assert attempts == 1
    assert seen.errors("add") == ["", "25P04"]
