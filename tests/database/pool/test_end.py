"""How a pool ends: closed, forgotten, forked, interrupted."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, cast

import pytest

from sqlkit import AsyncDatabase, Database, DatabaseClosed, sql
from tests.database.pool.conftest import ONE, PID
from tests.patience import within

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = sql(
    "select count(*) from pg_stat_activity where datname = current_database()"
    " and backend_type = 'client backend'",
    kind="one",
)


def others(url: str) -> int:
    """How many connections there are besides our own; those that leave are given a moment."""
    with Database(url, max_size=1) as database:
        for _ in range(500):
            if database.run(COUNT) == 1:
                break
            time.sleep(0.02)
        return int(database.run(COUNT)) - 1


def ended(program: str, url: str) -> str:
    """What a program prints that must end by itself, without a word about anything."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", program, url],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


NEVER_CLOSED = """
import sys
from sqlkit import Database, sql
database = Database(sys.argv[1], min_size=3, policies=[])
database.open()
print(database.run(sql("select 1", kind="one")))
"""
NEVER_CLOSED_ASYNC = """
import asyncio, sys
from sqlkit import AsyncDatabase, sql
one = sql("select 1", kind="one")
database = AsyncDatabase(sys.argv[1], min_size=3, policies=[])
async def main():
    await database.open()
    print(await database.run(one))
asyncio.run(main())
asyncio.run(main())
"""
AT_EXIT = """
import atexit, sys
from sqlkit import Database, sql
database = Database(sys.argv[1], policies=[])
@atexit.register
def report():
    with database:
        print(database.run(sql("select 1", kind="one")))
"""


@pytest.mark.parametrize(
    ("program", "said"),
    [(NEVER_CLOSED, "1\n"), (NEVER_CLOSED_ASYNC, "1\n1\n"), (AT_EXIT, "1\n")],
    ids=["threads", "tasks", "first used at exit"],
)
def test_a_database_that_nobody_closes_keeps_no_program_from_ending(
    database_url: str, program: str, said: str
) -> None:
    assert ended(program, database_url) == said
    assert others(database_url) == 0


FORKED = """
import os, sys
from sqlkit import Database, sql
pid = sql("select pg_backend_pid()", kind="one")
database = Database(sys.argv[1], policies=[])
before = database.run(pid)
child = os.fork()
if child == 0:
    assert database.run(pid) != before
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
print(database.run(pid) == before)
database.close()
"""


FORKED_INSIDE = """
import os, sys
from sqlkit import Database, sql
database = Database(sys.argv[1], policies=[])
with database.transaction() as tx:
    tx.run(sql("create table t ()", kind="exec"))
    if os.fork() == 0:
        sys.exit(0)
    os.wait()
    tx.run(sql("create table u ()", kind="exec"))
print(database.run(sql("select count(*) from pg_class where relname in ('t', 'u')", kind="one")))
database.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_fork_in_a_transaction_leaves_it_to_the_parent(database_url: str) -> None:
    assert ended(FORKED_INSIDE, database_url) == "2\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_after_a_fork_each_process_has_connections_of_its_own(database_url: str) -> None:
    assert ended(FORKED, database_url) == "True\n"


def test_a_forgotten_database_closes_its_connections(database_url: str) -> None:
    database = Database(database_url, policies=[])
    assert database.run(ONE) == 1
    del database
    gc.collect()
    assert others(database_url) == 0


def test_closing_is_prompt_and_ends_the_waits(database_url: str) -> None:
    database = Database(database_url, max_size=1, policies=[])
    errors: list[BaseException] = []

    def call() -> None:
        try:
            database.run(ONE)
        except DatabaseClosed as error:
            errors.append(error)

    with database.connection() as held:
        waiting = [threading.Thread(target=call) for _ in range(3)]
        for thread in waiting:
            thread.start()
        while database.pool_statistics()["waiting"] < 3:
            time.sleep(0.001)
        with within(0.5):
            database.close()
            database.close()
            for thread in waiting:
                thread.join()
        assert held.run(ONE) == 1
    assert len(errors) == 3
    assert others(database_url) == 0


async def test_closing_while_tasks_wait_ends_their_waits(database_url: str) -> None:
    database = AsyncDatabase(database_url, max_size=1, policies=[])
    async with database.connection():
        waiting = [asyncio.create_task(database.run(ONE)) for _ in range(3)]
        await asyncio.sleep(0)
        await database.close()
        answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(answer) for answer in answers] == [DatabaseClosed] * 3
    assert await asyncio.to_thread(others, database_url) == 0


async def test_a_database_that_is_opened_again_has_nothing_of_before(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    database = make_both(database_url, policies=[])
    await database.open()
    async with database.connection() as held:
        pid = await held.run(PID)
        await database.close()
        await database.open()
        assert await database.run(PID) != pid
    assert database.pool_statistics()["size"] == 1
    await database.close()
    assert await asyncio.to_thread(others, database_url) == 0


CTRL_C = """
import sys, threading
from sqlkit import Database, sql
one = sql("select 1", kind="one")
with Database(sys.argv[1], max_size=1, policies=[]) as database:
    leave, there = threading.Event(), threading.Event()
    def hold():
        with database.connection():
            there.set()
            leave.wait()
    thread = threading.Thread(target=hold)
    thread.start()
    there.wait()
    try:
        print("waiting", flush=True)
        database.run(one)
    except KeyboardInterrupt:
        print("interrupted", database.pool_statistics()["waiting"], flush=True)
    leave.set()
    thread.join()
    print(database.run(one), database.pool_statistics()["size"])
"""


def test_ctrl_c_ends_a_wait_and_leaves_the_pool_whole(database_url: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CTRL_C, database_url], stdout=subprocess.PIPE, text=True
    ) as program:
        stdout = cast("IO[str]", program.stdout)
        assert stdout.readline() == "waiting\n"
        time.sleep(0.2)
        program.send_signal(signal.SIGINT)
        assert stdout.readline() == "interrupted 0\n"
        assert stdout.readline() == "1 1\n"
        assert program.wait(10) == 0
