"""Applying and rolling back, in transactions."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from sqlkit import migrations
from sqlkit.errors import MigrationError, NoServer, ProjectError
from sqlkit.migrations import who
from sqlkit.migrations.backend import Backend
from sqlkit.migrations.optional import yoyo
from sqlkit.testing.server import Server, find_binaries

Write: TypeAlias = Callable[..., Path]
Run: TypeAlias = Callable[..., list[str]]
Query: TypeAlias = Callable[[str], list[Any]]
States: TypeAlias = Callable[[], dict[str, str]]


@pytest.fixture
def three(write: Write) -> None:
    """Three migrations with their rollbacks."""
    write("0001.a", "create table a (n int primary key)", "drop table a")
    write(
        "0002.b",
        "create table b (n int references a);\ncreate index b_n on b (n);",
        "drop index b_n;\ndrop table b;",
    )
    write("0003.c", "alter table a add t text default 'x'", "alter table a drop t")


def dump(server: Server, url: str) -> str:
    try:
        program = find_binaries(server.major).bindir / "pg_dump"
    except NoServer:
        pytest.skip("PostgreSQL's programs are not here")
    if not program.is_file():
        pytest.skip("pg_dump is not here")
    line = [str(program), "--schema-only", "--restrict-key=x", url]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if "unrecognized option" in done.stderr:
        done = subprocess.run([line[0], line[1], url], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.usefixtures("three")
def test_each_is_applied_once_in_order(apply: Run, states: States, query: Query) -> None:
    assert apply() == ["0001.a", "0002.b", "0003.c"]
    assert apply() == []
    assert set(states().values()) == {"applied"}
    rows = query(
        "select l.migration_id, m.state, m.finished = l.applied_at_utc at time zone 'UTC', "
        "m.duration > 0, m.started < m.finished, length(m.sha256), m.tool_version like 'sqlkit %' "
        "from _yoyo_migration l join _sqlkit_migration m on m.id = l.migration_id order by 1"
    )
    assert [row[0] for row in rows] == ["0001.a", "0002.b", "0003.c"]
    assert {row[1:] for row in rows} == {("ok", True, True, True, 64, True)}
    assert query("select count(*) from _yoyo_log where operation = 'apply'") == [3]


@pytest.mark.usefixtures("three")
def test_apply_and_rollback_go_as_far_as_they_are_told(
    apply: Run, roll_back: Run, states: States
) -> None:
    assert apply(to="0002") == ["0001.a", "0002.b"]
    assert states()["0003.c"] == "pending"
    assert apply() == ["0003.c"]
    assert roll_back() == ["0003.c"]
    assert roll_back(to="0001") == ["0002.b"]
    apply()
    assert roll_back(count=None) == ["0003.c", "0002.b", "0001.a"]
    assert roll_back() == []


@pytest.mark.usefixtures("three")
def test_apply_rollback_apply_gives_the_same_schema(
    apply: Run, roll_back: Run, server: Server, database_url: str
) -> None:
    apply()
    first = dump(server, database_url)
    roll_back(count=None)
    apply()
    assert dump(server, database_url) == first


@pytest.mark.usefixtures("three")
def test_a_failing_migration_leaves_nothing_and_is_named(
    write: Write, apply: Run, states: States, query: Query, folder: Path
) -> None:
    write("0004.d", "create table d (n int);\ninsert into d values (1);\n\ninsert into nope values")
    write("0005.e", "select 1")

    with pytest.raises(psycopg.errors.SyntaxError) as caught:
        apply()

    assert caught.value.__notes__ == [
        f"in the migration 0004.d, {folder / '0004.d.sql'}:4",
        "the migration 0004.d was taken back as a whole: nothing of it stands",
        "3 of 5 were applied before it, and stay so: 0001.a, 0002.b, 0003.c; "
        "1 after it was not begun",
    ]
    assert query("select to_regclass('d') is null") == [True]
    assert [states()[id_] for id_ in ("0003.c", "0004.d", "0005.e")] == [
        "applied",
        "pending",
        "pending",
    ]


@pytest.mark.usefixtures("three")
def test_what_fails_at_its_commit_leaves_nothing(write: Write, apply: Run, states: States) -> None:
    write(
        "0004.d",
        "create table d (n int references a deferrable initially deferred);"
        "insert into d values (9)",
    )
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        apply()
    assert states()["0004.d"] == "pending"
    write("0004.d", "create table d (n int)")
    assert apply() == ["0004.d"]


@pytest.mark.usefixtures("three")
def test_a_failing_rollback_leaves_all_and_is_named(
    write: Write, apply: Run, roll_back: Run, query: Query, states: States
) -> None:
    apply()
    path = write(
        "0003.c", "alter table a add t text default 'x'", "alter table a drop t;\n\ndrop x;"
    )
    with pytest.raises(psycopg.errors.SyntaxError) as caught:
        roll_back(count=None)
    assert caught.value.__notes__ == [
        f"in the migration 0003.c (its rollback), {path.with_suffix('.rollback.sql')}:3",
        "the migration 0003.c (its rollback) was taken back as a whole: nothing of it stands",
        "none of 3 was rolled back before it; 2 after it were not begun",
    ]
    assert query("select count(*) from _yoyo_migration") == [3]
    assert query("select attname from pg_attribute where attrelid = 'a'::regclass and attnum = 2")
    assert states()["0003.c"] == "applied"


def test_without_a_rollback_there_is_no_rolling_back(
    write: Write, apply: Run, roll_back: Run, states: States
) -> None:
    write("0001.a", "create table a ()")
    apply()
    with pytest.raises(
        MigrationError, match=r"0001\.a has no rollback: there is no .*rollback\.sql"
    ):
        roll_back()
    assert states() == {"0001.a": "applied"}


@pytest.mark.usefixtures("three")
def test_one_changed_byte_is_drift(write: Write, apply: Run, states: States, query: Query) -> None:
    apply(to="0002")
    write("0001.a", "create table a (m int primary key)")
    with pytest.raises(MigrationError, match=r"0001\.a\.sql was edited after it was applied"):
        apply()
    assert states()["0001.a"] == "changed"
    assert query("select count(*) from _yoyo_migration") == [2]
    write("0001.a", "create table a (n int primary key)   \r\n\r\n")
    assert apply() == ["0003.c"]


@pytest.mark.usefixtures("three")
def test_a_file_that_is_gone_is_an_error(
    apply: Run, roll_back: Run, folder: Path, states: States
) -> None:
    apply()
    (folder / "0003.c.sql").unlink()
    with pytest.raises(MigrationError, match=r"0003\.c was applied on .*, and its file is gone"):
        apply()
    with pytest.raises(MigrationError, match=r"0003\.c would be rolled back, and its file is"):
        roll_back()
    assert states()["0003.c"] == "missing"


@pytest.mark.usefixtures("three")
def test_a_latecomer_is_an_error_unless_it_is_allowed(write: Write, apply: Run) -> None:
    apply()
    write("0002.late", "select 1")
    with pytest.raises(MigrationError, match=r"0002\.late is pending and comes before 0003\.c"):
        apply()
    assert apply(out_of_order=True) == ["0002.late"]


def test_what_a_migration_leaves_in_the_session_is_gone_for_the_next(
    write: Write, apply: Run, query: Query
) -> None:
    write(
        "0001.a",
        "set search_path = ''; set lock_timeout = '7s'; create temp table t (n int); listen x;"
        "create role migrations_test; grant create on schema public to migrations_test;"
        "set role migrations_test;",
    )
    write(
        "0002.b",
        "create temp table t (n int);"
        "create table found as select current_setting('search_path') as path, "
        "current_user = session_user as same, current_setting('lock_timeout') as lock_timeout, "
        "current_setting('client_connection_check_interval') as interval",
    )
    try:
        assert apply() == ["0001.a", "0002.b"]
        ((path, same, lock_timeout, _),) = query("select * from public.found")
        assert ("public" in path, same, lock_timeout) == (True, True, "2s")
    finally:
        query("drop owned by migrations_test")
        query("drop role migrations_test")


def test_python_is_a_migration_too(write: Write, apply: Run, roll_back: Run, query: Query) -> None:
    write(
        "0001.a.py",
        "from yoyo import step\n"
        "def fill(connection):\n"
        "    with connection.cursor() as cursor:\n"
        "        cursor.execute('insert into a select generate_series(1, 3)')\n"
        "        assert cursor.execute('select count(*) from a').description\n"
        "steps = [step('create table a (n int)', 'drop table a'), step(fill)]\n",
    )
    assert apply() == ["0001.a"]
    assert query("select count(*) from a") == [3]
    assert roll_back() == ["0001.a"]
    assert query("select to_regclass('a') is null") == [True]


def test_python_that_commits_is_told_and_dirty(write: Write, apply: Run, states: States) -> None:
    write("0001.a.py", "from yoyo import step\nstep('create table a (n int); commit')")
    with pytest.raises(MigrationError, match=r"0001\.a ended its transaction itself"):
        apply()
    assert states() == {"0001.a": "dirty"}


def test_what_follows_each_apply_is_run_when_something_was_applied(
    write: Write, apply: Run, query: Query
) -> None:
    write("0001.a", "create table a (n int)")
    write("post-apply", "insert into a values (1)")
    apply()
    apply()
    assert query("select count(*) from a") == [1]
    assert query("select id from _sqlkit_migration") == ["0001.a"]


def test_the_ledger_is_where_tables_are_made(
    database_url: str, open_backend: Any, write: Write, query: Query, folder: Path
) -> None:
    query("create schema billing")
    write("0001.a", "create table a (n int)")
    url = make_conninfo(database_url, options="-c search_path=billing")
    with Backend.open(url) as backend:
        list(migrations.apply(backend, migrations.read(folder)))
    assert query("select migration_id from billing._yoyo_migration") == ["0001.a"]
    assert query("select to_regclass('billing.a') is null") == [False]


def test_without_a_schema_for_the_ledger_the_search_path_is_blamed(
    database_url: str, write: Write, folder: Path
) -> None:
    write("0001.a", "select 1")
    url = make_conninfo(database_url, options="-c search_path=nope")
    with (
        Backend.open(url) as backend,
        pytest.raises(MigrationError, match="search path names none"),
    ):
        list(migrations.apply(backend, migrations.read(folder)))


def test_looking_writes_nothing(write: Write, states: States, query: Query) -> None:
    write("0001.a", "select 1")
    assert states() == {"0001.a": "pending"}
    assert query("select count(*) from pg_tables where schemaname = 'public'") == [0]


def test_nothing_is_printed(write: Write, apply: Run, capfd: pytest.CaptureFixture[str]) -> None:
    write("0001.a", "select 'printed'")
    apply()
    assert capfd.readouterr() == ("", "")


def test_a_user_without_a_name_may_migrate(
    write: Write, apply: Run, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr("getpass.getuser", nameless)
    who.user.cache_clear()
    write("0001.a", "select 1")
    apply()
    who.user.cache_clear()
    assert query("select username like 'uid %' from _yoyo_log") == [True]


def test_without_yoyo_the_extra_is_named(
    write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("0001.a", "select 1")
    yoyo.cache_clear()
    monkeypatch.setitem(sys.modules, "yoyo", None)
    with pytest.raises(ProjectError, match=r"need yoyo: pip install 'sqlkit-pg\[migrations\]'"):
        migrations.read(folder)
