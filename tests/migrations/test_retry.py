"""Locks that others hold: given way to, and tried again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
import pytest

from tests.migrations.readers import others_read, read_for
from tests.patience import SLACK

Write: TypeAlias = Callable[..., Path]
Run: TypeAlias = Callable[..., list[str]]


class Ending(list[str]):
    """What is told; the first of it ends a reader's transaction."""

    def __init__(self, reader: psycopg.Connection[Any]) -> None:
        super().__init__()
        self.reader = reader

    def append(self, note: str) -> None:
        self.reader.rollback()
        super().append(note)


def test_a_reader_in_the_way_holds_up_others_no_longer_than_the_lock_timeout(
    write: Write, apply: Run, database_url: str
) -> None:
    write("0001.a", "create table a (n int)")
    apply()
    write("0002.b", "alter table a add t text")
    begun, stop = threading.Event(), threading.Event()
    slow = threading.Thread(target=read_for, args=(database_url, 5, begun))
    others: list[float] = []
    reader = threading.Thread(target=lambda: others.extend(others_read(database_url, stop)))
    slow.start()
    begun.wait()
    reader.start()
    told: list[str] = []

    assert apply(tell=told, lock_timeout=0.5) == ["0002.b"]

    stop.set()
    reader.join()
    slow.join()
    assert max(others) > 0.3
    assert max(others) < 0.5 + 0.3 + SLACK
    assert told[0].startswith("no lock in 0.5 s: rolled back, try 2 of 10 in ")


def test_who_is_in_the_way_is_named_in_the_end(write: Write, apply: Run, database_url: str) -> None:
    write("0001.a", "create table a (n int)")
    apply()
    write("0002.b", "create table b (n int); drop table a")
    with psycopg.connect(database_url, application_name="report") as connection:
        connection.execute("select * from a")
        time.sleep(0.2)
        with pytest.raises(psycopg.errors.LockNotAvailable) as caught:
            apply(tell=[], lock_timeout=0.1, attempts=2)
    notes = caught.value.__notes__
    assert "tried 2 times, waiting 0.1 s for each lock" in notes
    assert any('("report") has had a transaction open for' in note for note in notes), notes


def test_a_deadlock_is_tried_again(write: Write, apply: Run, database_url: str, query: Any) -> None:
    write("0001.a", "create table a (n int); create table b (n int)")
    apply()
    write(
        "0002.b",
        "lock table a; select pg_advisory_xact_lock_shared(1); select pg_sleep(0.3); lock table b",
    )
    with psycopg.connect(database_url) as connection:
        connection.execute("set deadlock_timeout = '60s'; lock table b")
        told: list[str] = []
        thread = threading.Thread(target=lambda: apply(tell=told, lock_timeout=30))
        thread.start()
        while not query(
            "select pid from pg_locks where locktype = 'advisory' and mode = 'ShareLock'"
        ):
            time.sleep(0.01)
        connection.execute("lock table a")
    thread.join()
    assert told[0].startswith("a deadlock: rolled back, try 2 of 10 in ")
    assert query("select count(*) from _yoyo_migration") == [2]


def test_what_can_not_be_rolled_back_is_tried_again_too_while_it_did_nothing(
    write: Write, apply: Run, database_url: str
) -> None:
    write("0001.a", "create table a (n int)")
    apply()
    write("0002.b", "-- transactional: false\nalter table a add t text")
    with psycopg.connect(database_url) as reader:
        reader.execute("select * from a")
        told = Ending(reader)
        assert apply(tell=told, lock_timeout=0.2) == ["0002.b"]
    assert told


def test_what_is_built_concurrently_waits_for_writers_and_nobody_for_it(
    write: Write, apply: Run, database_url: str
) -> None:
    write("0001.a", "create table a (n int)")
    apply()
    write("0002.b", "-- transactional: false\ncreate index concurrently a_n on a (n)")
    with psycopg.connect(database_url) as connection:
        connection.execute("lock table a in row exclusive mode")
        done = threading.Timer(0.6, connection.rollback)
        done.start()
        told: list[str] = []
        assert apply(tell=told, lock_timeout=0.1) == ["0002.b"]
        done.join()
    assert told == []
