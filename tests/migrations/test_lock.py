"""One process at a time, and a server that lets go of those that are gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
import pytest

from sqlkit.errors import MigrationError, MigrationLocked

Write: TypeAlias = Callable[..., Path]
Run: TypeAlias = Callable[..., list[str]]
Query: TypeAlias = Callable[[str], list[Any]]

APPLY = """
import sys
from pathlib import Path
from sqlkit.testing import migrate
migrate.apply(sys.argv[1], Path(sys.argv[2]))
"""


def test_who_waits_too_long_is_told_who_holds_the_lock(open_backend: Any) -> None:
    with open_backend() as holder, holder.lock():
        pid = holder.connection.info.backend_pid
        told: list[str] = []
        with (
            open_backend(told, wait=0.2) as other,
            pytest.raises(MigrationLocked) as caught,
            other.lock(),
        ):
            pass
        message = str(caught.value)
        assert f'backend {pid}, application "sqlkit migrate"' in message
        assert "connected 0 s ago holds it" in message
        assert f'"select pg_terminate_backend({pid})"' in message
        assert isinstance(caught.value, TimeoutError)
        assert told == [told[0]]
        assert told[0].startswith(f"waiting for backend {pid}")
    with open_backend(wait=0) as other, other.lock(), other.lock():
        pass


def test_the_lock_goes_with_its_session(open_backend: Any, query: Query) -> None:
    with open_backend() as holder, open_backend(wait=10) as other:
        with ExitStack() as held:
            held.enter_context(holder.lock())
            query(f"select pg_terminate_backend({holder.connection.info.backend_pid})")
            with pytest.raises(psycopg.OperationalError):
                holder.connection.execute("select 1")
        with other.lock():
            pass


def test_waiting_is_no_open_transaction(open_backend: Any, query: Query) -> None:
    """Or an index that is built concurrently would wait for who waits for it."""
    query("create table a (n int)")
    done: list[bool] = []

    def wait() -> None:
        with open_backend([], wait=20) as other, other.lock():
            done.append(True)

    with open_backend() as holder, holder.lock():
        waiter = threading.Thread(target=wait)
        waiter.start()
        time.sleep(0.2)
        holder.connection.execute("set statement_timeout = '10s'")
        holder.connection.execute("create index concurrently a_n on a (n)")
        assert not done
    waiter.join()
    assert done == [True]


def test_an_orphaned_query_ends_and_the_next_process_goes_on(
    write: Write, apply: Run, database_url: str, folder: Path, query: Query
) -> None:
    path = write("0001.a", "create table a (n int); select pg_sleep(600)")
    child = subprocess.Popen([sys.executable, "-c", APPLY, database_url, str(folder)])
    sleeping = (
        "select pid from pg_stat_activity "
        "where datname = current_database() and wait_event = 'PgSleep'"
    )
    while not query(sleeping):
        assert child.poll() is None
        time.sleep(0.05)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    path.write_text("create table a (n int)")
    assert apply(wait=30) == ["0001.a"]


def test_breaking_the_lock_says_that_it_ends_with_its_process(
    open_backend: Any, yoyo: Callable[..., Any], write: Write, query: Query
) -> None:
    write("0001.a", "select 1")
    yoyo("list", driver="psycopg")
    query("insert into yoyo_lock (pid) values (4711)")
    yoyo("break-lock")
    assert query("select count(*) from yoyo_lock") == [0]
    with (
        open_backend() as holder,
        holder.lock(),
        open_backend() as other,
        pytest.raises(MigrationError, match="gives it back when its process ends"),
    ):
        other.break_lock()
