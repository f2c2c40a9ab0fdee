"""Ctrl-C ends the query on the server at once, and the connection goes on with its own results."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING, cast

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

WITHIN = 0.2
ATTEMPTS = 5  # one of them is enough: the machine may have been busy with something else

SYNC = """
import sys
from sqlkit import Database, sql

sleep = sql("select pg_sleep(30)", kind="exec")
slow = "select g, case when g = 2000 then pg_sleep(30) end from generate_series(1, 2000) as g"

def run(db):
    db.run(sleep)
def batch(db):
    db.batch([sql("select 1", kind="exec"), sleep])
def held(db):
    with db.connection() as held:
        held.run(sleep)
def transaction(db):
    with db.transaction() as tx:
        assert tx.run(sql("select 'inside'", kind="one")) == "inside"
        tx.run(sleep)
def savepoint(db):
    with db.transaction() as tx:
        try:
            with tx.transaction() as inner:
                inner.run(sleep)
        except KeyboardInterrupt:
            assert tx.run(sql("select 'outer'", kind="one")) == "outer"
            raise
def stream(db):
    with db.stream(sql(slow)) as rows:
        for row in rows: pass
def copy(db):
    with db.stream(sql(slow, kind="copy")) as rows:
        for row in rows: pass
def written(db):
    with db.stream(sql("insert into t select g from (" + slow + ") as s returning n")) as rows:
        for row in rows: pass

with Database(sys.argv[1], max_size=1) as db:
    pid = db.run(sql("select pg_backend_pid()", kind="one"))
    db.run(sql("create table if not exists t (n int)", kind="exec"))
    for way in map(str.strip, sys.stdin):
        try:
            print("ready", pid, flush=True)
            globals()[way](db)
        except KeyboardInterrupt:
            same = pid == db.run(sql("select pg_backend_pid()", kind="one"))
            answers = [db.run(sql("select :n::int", kind="one", n=n)) for n in range(5)]
            print(same, answers, flush=True)
"""
ASYNC = """
import asyncio, sys
from sqlkit import AsyncDatabase, sql

async def main():
    async with AsyncDatabase(sys.argv[1], max_size=1) as db:
        pid = await db.run(sql("select pg_backend_pid()", kind="one"))
        try:
            print("ready", pid, flush=True)
            async with db.transaction() as tx:
                await tx.run(sql("select pg_sleep(30)", kind="exec"))
        except asyncio.CancelledError:
            same = pid == await db.run(sql("select pg_backend_pid()", kind="one"))
            answers = [await db.run(sql("select :n::int", kind="one", n=n)) for n in range(5)]
            print(same, answers, flush=True)
            raise

def loops():
    if sys.argv[2] == "asyncio":
        return None
    import uvloop
    return uvloop.new_event_loop

try:
    with asyncio.Runner(loop_factory=loops()) as runner:
        runner.run(main())
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
AFTERWARDS = "True [0, 1, 2, 3, 4]\n"


class Server:
    """What the server says of one of its processes."""

    def __init__(self, url: str) -> None:
        self._conn = psycopg.connect(url, autocommit=True)
        self._conn.execute("set client_min_messages = error")

    def is_asleep(self, pid: int) -> bool:
        text = "select wait_event = 'PgSleep' from pg_stat_activity where pid = %s"
        row = self._conn.execute(text, [pid]).fetchone()
        return row is not None and bool(row[0])

    def wait(self, pid: int, *, asleep: bool) -> float:
        """Until it sleeps, or no more; gives the seconds that took."""
        began = time.monotonic()
        while self.is_asleep(pid) is not asleep:
            assert time.monotonic() < began + 20, "that never happens"
            time.sleep(0.002)
        return time.monotonic() - began

    def close(self) -> None:
        self._conn.close()


@pytest.fixture
def watcher(module_url: str) -> Iterator[Server]:
    found = Server(module_url)
    yield found
    found.close()


def program(text: str, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", text, *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )


def said(running: subprocess.Popen[str]) -> str:
    return cast("IO[str]", running.stdout).readline()


def interrupt(watcher: Server, running: subprocess.Popen[str]) -> float:
    """Press Ctrl-C when the server sleeps; gives the seconds until it did no more."""
    ready, _, pid = said(running).partition(" ")
    assert ready == "ready"
    watcher.wait(int(pid), asleep=True)
    running.send_signal(signal.SIGINT)
    return watcher.wait(int(pid), asleep=False)


@pytest.fixture(scope="module")
def synchronous(module_url: str) -> Iterator[subprocess.Popen[str]]:
    """A program that asks in a way that it is told, as often as it is told."""
    with program(SYNC, module_url) as running:
        yield running
        cast("IO[str]", running.stdin).close()
        assert running.wait(10) == 0


WAYS = ["run", "batch", "held", "transaction", "savepoint", "stream", "copy", "written"]


@pytest.mark.parametrize("way", WAYS)
def test_ctrl_c_ends_the_query_within_a_fifth_of_a_second_and_keeps_the_connection(
    watcher: Server, synchronous: subprocess.Popen[str], way: str
) -> None:
    took: list[float] = []
    while not took or (min(took) > WITHIN and len(took) < ATTEMPTS):
        cast("IO[str]", synchronous.stdin).write(f"{way}\n")
        took.append(interrupt(watcher, synchronous))
        assert said(synchronous) == AFTERWARDS
    assert min(took) <= WITHIN


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_ctrl_c_ends_the_query_of_a_task(watcher: Server, module_url: str, loop: str) -> None:
    if loop == "uvloop":
        pytest.importorskip("uvloop")
    took: list[float] = []
    while not took or (min(took) > WITHIN and len(took) < ATTEMPTS):
        with program(ASYNC, module_url, loop) as running:
            took.append(interrupt(watcher, running))
            assert said(running) == AFTERWARDS
            assert said(running) == "interrupted\n"
    assert min(took) <= WITHIN
