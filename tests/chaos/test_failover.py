"""A primary that is killed, its synchronous standby promoted: no acknowledged row is lost."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from sqlkit import CommitUnknown, Database, SqlkitError, deadline, sql
from sqlkit.testing import watch
from tests.database.pool.servers import Machine, machines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def pair() -> Iterator[tuple[Machine, Machine]]:
    """A primary and its synchronous standby."""
    with machines(2, wal_level="replica", synchronous_commit="on") as (primary, standby):
        watch.initialize(primary.cluster, time.sleep)
        primary.start()
        primary.copy_to(standby)
        standby.start()
        primary.execute("alter system set synchronous_standby_names = 'standby'")
        primary.execute("select pg_reload_conf()")
        state = "select sync_state from pg_stat_replication"
        while primary.execute(state) != [("sync",)]:
            time.sleep(0.05)
        yield primary, standby


def test_writes_go_on_at_the_standby_within_2_seconds(
    pair: tuple[Machine, Machine], tell: Callable[[str], None]
) -> None:
    primary, standby = pair
    primary.execute("create table events (n int primary key)")
    url = (
        f"host=127.0.0.1,127.0.0.1 port={primary.port},{standby.port} user=postgres "
        "dbname=postgres target_session_attrs=read-write"
    )
    written: dict[int, float] = {}
    unknown: set[int] = set()
    lock, numbers, over = threading.Lock(), iter(range(10**9)), threading.Event()

    def work() -> None:
        while not over.is_set():
            with lock:
                number = next(numbers)
            try:
                with deadline(20):
                    database.run(sql("insert into events values (:n::int)", kind="exec", n=number))
                written[number] = time.monotonic()
            except CommitUnknown:
                unknown.add(number)
            except (psycopg.Error, SqlkitError):
                time.sleep(0.05)

    with Database(url) as database:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(2)
        primary.stop(signal.SIGQUIT)
        time.sleep(2)
        standby.control("promote")
        promoted = time.monotonic()
        time.sleep(4)
        over.set()
        for thread in threads:
            thread.join()
        health = database.health()
    rows = [n for (n,) in standby.execute("select n from events")]
    first = min(moment for moment in written.values() if moment > promoted) - promoted
    tell(
        f"first write {first:.2f} s after promotion; {len(written)} acknowledged, "
        f"{len(unknown)} unknown"
    )
    assert health.ok
    assert health.in_recovery is False
    assert first <= 2.0
    assert written.keys() <= set(rows)
    assert set(rows) <= written.keys() | unknown
