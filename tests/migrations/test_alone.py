"""Migrations outside a transaction: dirty, INVALID indexes, and how both are resolved."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
import pytest

from sqlkit import migrations
from sqlkit.errors import MigrationError
from tests.migrations.kills import start

Write: TypeAlias = Callable[..., Path]
Run: TypeAlias = Callable[..., list[str]]
Query: TypeAlias = Callable[[str], list[Any]]
States: TypeAlias = Callable[[], dict[str, str]]

CONCURRENTLY = "-- transactional: false\ncreate unique index concurrently {}a_n on a (n);"
RUNNING = "select pid from {} where datname = current_database() and {}"
INVALID = "select indexrelid::regclass::text from pg_index where not indisvalid"


@pytest.fixture
def twice(write: Write) -> None:
    """A table with a value twice, and a unique index to be built on it."""
    write("0001.a", "create table a (n int); insert into a values (1), (1)")
    write("0002.index", CONCURRENTLY.format(""), "-- transactional: false\ndrop index a_n")


@pytest.fixture
def resolve(open_backend: Any, folder: Path) -> Callable[..., str]:
    def run(how: str, id_: str, **settings: Any) -> str:
        function = getattr(migrations, f"resolve_{how}")
        with open_backend([], **settings) as backend:
            return str(function(backend, migrations.read(folder), id_))

    return run


def test_what_can_not_be_in_a_transaction_runs_without(
    write: Write, apply: Run, roll_back: Run, states: States, query: Query
) -> None:
    write("0001.a", "create table a (n int)")
    write(
        "0002.index",
        CONCURRENTLY.format(""),
        "-- transactional: false\ndrop index concurrently a_n;",
    )
    write("0003.vacuum", "-- transactional: false\nvacuum a", "")
    assert apply() == ["0001.a", "0002.index", "0003.vacuum"]
    assert set(states().values()) == {"applied"}
    assert roll_back(count=2) == ["0003.vacuum", "0002.index"]
    assert query("select to_regclass('a_n') is null") == [True]


@pytest.mark.usefixtures("twice")
def test_a_failed_index_is_dirty_until_it_is_resolved(
    apply: Run, states: States, query: Query, resolve: Callable[..., str]
) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        apply()
    note = caught.value.__notes__[1]
    assert "it is dirty now, and left the INVALID index public.a_n" in note
    assert '"sqlkit migrate resolve --rolled-back 0002.index --drop-invalid"' in note
    assert states()["0002.index"] == "dirty"
    (error,) = query("select error from _sqlkit_migration where state = 'dirty'")
    assert error == 'could not create unique index "a_n"'

    with pytest.raises(MigrationError, match=r"0002\.index is dirty: .*INVALID index public\.a_n"):
        apply()
    with pytest.raises(MigrationError, match=r"left the INVALID index public\.a_n"):
        resolve("applied", "0002.index")
    with pytest.raises(MigrationError, match="--drop-invalid"):
        resolve("rolled_back", "0002.index")
    assert query(INVALID) == ["a_n"]

    assert resolve("rolled_back", "0002", drop_invalid=True) == "0002.index"
    assert query(INVALID) == []
    assert states()["0002.index"] == "pending"
    query("delete from a")
    assert apply() == ["0002.index"]
    assert set(states().values()) == {"applied"}


@pytest.mark.usefixtures("twice")
def test_an_invalid_index_in_the_way_is_told_even_if_not_exists_would_pass_it(
    write: Write, apply: Run, query: Query, database_url: str
) -> None:
    apply(to="0001")
    write("0002.index", CONCURRENTLY.format("if not exists "))
    with (
        psycopg.connect(database_url, autocommit=True) as connection,
        pytest.raises(psycopg.errors.UniqueViolation),
    ):
        connection.execute("create unique index concurrently a_n on a (n)")
    query("delete from a")

    with pytest.raises(MigrationError, match=r"INVALID index public\.a_n is in the way"):
        apply()
    told: list[str] = []
    assert apply(tell=told, drop_invalid=True) == ["0002.index"]
    assert told == ["dropped the INVALID index public.a_n"]
    assert query(INVALID) == []


@pytest.mark.usefixtures("twice")
def test_an_index_that_is_being_built_is_not_dropped(
    apply: Run, query: Query, database_url: str
) -> None:
    apply(to="0001")
    query("delete from a")
    with psycopg.connect(database_url) as old:
        old.execute("lock table a in row exclusive mode")  # the build waits for writers
        builder = threading.Thread(
            target=query, args=("create unique index concurrently a_n on a (n)",)
        )
        builder.start()
        try:
            while not query(RUNNING.format("pg_stat_progress_create_index", "index_relid > 0")):
                assert builder.is_alive()
                time.sleep(0.01)
            with pytest.raises(MigrationError, match="is being built right now"):
                apply(drop_invalid=True)
        finally:
            old.rollback()
            builder.join()
    assert query(INVALID) == []


def test_a_second_statement_is_refused_before_the_first_is_run(
    write: Write, apply: Run, query: Query
) -> None:
    write("0001.a", "-- transactional: false\ncreate table a ();\ncreate table b ();")
    with pytest.raises(MigrationError, match=r"0001\.a\.sql:3: a second statement"):
        apply()
    assert query("select to_regclass('a') is null") == [True]


def test_a_rollback_outside_a_transaction_that_fails_is_dirty_and_applied(
    write: Write, apply: Run, roll_back: Run, states: States, resolve: Callable[..., str]
) -> None:
    write("0001.a", "-- transactional: false\nvacuum", "drop index concurrently nope")
    apply()
    with pytest.raises(psycopg.errors.UndefinedObject):
        roll_back()
    with pytest.raises(MigrationError, match="it began to be rolled back"):
        roll_back()
    assert states() == {"0001.a": "dirty"}
    resolve("applied", "0001.a")
    assert states() == {"0001.a": "applied"}


def test_resolving_takes_an_edited_file_and_forgets_one_that_is_gone(
    write: Write, apply: Run, states: States, folder: Path, resolve: Callable[..., str]
) -> None:
    write("0001.a", "create table a ()")
    write("0002.b", "select 1")
    apply()
    write("0001.a", "create table a () -- why")
    (folder / "0002.b.sql").unlink()
    assert resolve("applied", "0001.a") == "0001.a"
    with pytest.raises(MigrationError, match=r"file of 0002\.b is gone"):
        resolve("applied", "0002.b")
    assert resolve("rolled_back", "0002.b") == "0002.b"
    assert states() == {"0001.a": "applied"}


def test_there_is_nothing_to_resolve_where_all_is_well(
    write: Write, apply: Run, resolve: Callable[..., str], states: States
) -> None:
    write("0001.a", "create table a ()")
    with pytest.raises(MigrationError, match=r"0001\.a is pending: nothing to resolve"):
        resolve("rolled_back", "0001.a")
    apply()
    with pytest.raises(MigrationError, match="nothing to resolve"):
        resolve("applied", "0001.a")
    write("0002.b", "create table a ()")
    assert resolve("applied", "0002.b") == "0002.b"
    assert states() == {"0001.a": "applied", "0002.b": "applied"}


def test_killed_outside_a_transaction_it_is_dirty(
    write: Write,
    apply: Run,
    states: States,
    query: Query,
    database_url: str,
    folder: Path,
    resolve: Callable[..., str],
) -> None:
    write("0001.a", "-- transactional: false\nselect pg_sleep(600)")
    with start(database_url, folder) as process:
        while not query(RUNNING.format("pg_stat_activity", "wait_event = 'PgSleep'")):
            assert process.poll() is None
            time.sleep(0.02)
        process.kill()
    assert states() == {"0001.a": "dirty"}
    with pytest.raises(MigrationError, match="did not end well, or its process was killed"):
        apply(wait=30)
    resolve("rolled_back", "0001.a", wait=30)
    assert states() == {"0001.a": "pending"}
