"""What ``sqlkit migrate`` says when something is wrong, word for word: enough to go on from."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from textwrap import dedent
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]
    Said = Callable[..., str]
    Write = Callable[..., None]


@pytest.fixture
def write(project: Path) -> Write:
    """Writes a migration, and its rollback if there is to be one."""
    (project / "migrations/0001.notes.sql").unlink()

    def one(id_: str, text: str, rollback: str | None = None) -> None:
        file = project / f"migrations/{id_}.sql"
        file.write_text(text, encoding="utf-8")
        if rollback is not None:
            file.with_suffix(".rollback.sql").write_text(rollback, encoding="utf-8")

    return one


@pytest.fixture
def said(sqlkit: Run, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Said:
    """What a command prints to standard error, with moments and pids made equal."""
    monkeypatch.setenv("DATABASE_URL", database_url)

    def run(*arguments: str, exit_code: int = 1) -> str:
        text = sqlkit("migrate", *arguments, exit_code=exit_code).stderr
        text = re.sub(r"(?m)^database: .*\n", "", text)
        text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "NOW", text)
        return re.sub(r"[0-9a-f]{8}…", "HASH…", text)

    return run


def expected(text: str) -> str:
    return dedent(text).lstrip("\n").replace("\\\n", "")


def test_a_failing_migration(write: Write, said: Said) -> None:
    write("0001.a", "create table a (n int);\n\ninsert into b values (1);\n")
    assert said("apply") == expected("""
        error: relation "b" does not exist [42P01]
        LINE 1: insert into b values (1);
                            ^
        in the migration 0001.a, migrations/0001.a.sql:3
        the migration 0001.a was taken back as a whole: nothing of it stands
        """)


def test_a_failing_rollback(write: Write, said: Said, sqlkit: Run) -> None:
    write("0001.a", "create table a (n int)", "select 1;\ndrop table b;\n")
    sqlkit("migrate", "apply")
    assert said("rollback") == expected("""
        error: table "b" does not exist [42P01]
        in the migration 0001.a (its rollback), migrations/0001.a.rollback.sql:2
        the migration 0001.a (its rollback) was taken back as a whole: nothing of it stands
        """)
    assert sqlkit("migrate", "status").stdout.endswith("1 applied\n")


def test_a_failure_in_the_middle_of_several(write: Write, said: Said) -> None:
    write("0001.a", "create table a (n int)")
    write("0002.b", "create table b (n int)")
    write("0003.c", "insert into a values (1, 2)")
    write("0004.d", "create table d (n int)")
    assert said("apply") == expected("""
        error: INSERT has more expressions than target columns [42601]
        LINE 1: insert into a values (1, 2)
                                         ^
        in the migration 0003.c, migrations/0003.c.sql:1
        the migration 0003.c was taken back as a whole: nothing of it stands
        2 of 4 were applied before it, and stay so: 0001.a, 0002.b; 1 after it was not begun
        """)


def test_what_is_left_of_a_failure_outside_a_transaction(
    write: Write, said: Said, sqlkit: Run
) -> None:
    write("0001.a", "create table a (n int); insert into a values (1), (1)")
    sqlkit("migrate", "apply")
    write("0002.i", "-- transactional: false\ncreate unique index concurrently i on a (n)")
    way_out = """\
        hint: "sqlkit migrate resolve --rolled-back 0002.i --drop-invalid" drops that index, which \
queries can't use; put right what was wrong, then apply again
        """
    assert said("apply") == expected(f"""
        error: could not create unique index "i" [23505]
        DETAIL:  Key (n)=(1) is duplicated.
        in the migration 0002.i, migrations/0002.i.sql:2
        it ran outside a transaction, so it is dirty now, and left the INVALID index public.i
{way_out}""")
    assert said("status") == expected(f"""
        error: 0002.i is dirty: it began to be applied on NOW, outside a transaction, and did not \
end well: could not create unique index "i"; it left the INVALID index public.i
{way_out}""")
    sqlkit("migrate", "resolve", "--rolled-back", "0002.i", "--drop-invalid")
    sqlkit("migrate", "status")


def test_what_is_dirty_and_left_no_index(write: Write, said: Said) -> None:
    write("0001.a", "-- transactional: false\nselect nope")
    hint = """\
        hint: look at what it left in the database, then say how it stands: "sqlkit migrate \
resolve --applied 0001.a" if it did all its work, "sqlkit migrate resolve --rolled-back 0001.a" if \
nothing of it is left
        """
    assert said("apply") == expected(f"""
        error: column "nope" does not exist [42703]
        LINE 1: select nope
                       ^
        in the migration 0001.a, migrations/0001.a.sql:2
        it ran outside a transaction, so it is dirty now
{hint}""")


def test_a_conflict_of_versions(write: Write, said: Said) -> None:
    write("0001.a", "select 1")
    write("0002.left", "-- depends: 0001.a\nselect 1")
    write("0002.right", "-- depends: 0001.a\nselect 1")
    conflict = expected("""
        error: 0002.left and 0002.right both come after 0001.a, and neither after the other: two \
heads, as when two branches were merged
        hint: say their order: "-- depends: 0002.left" in 0002.right; or allow it with \
--out-of-order (out_of_order=true in yoyo's URL)
        """)
    assert said("apply") == said("status") == conflict


def test_the_same_id_twice(write: Write, said: Said, project: Path) -> None:
    write("0001.a", "select 1")
    (project / "migrations/0001.a.py").write_text("steps = []", encoding="utf-8")
    assert said("apply") == expected("""
        error: two migrations have the id 0001.a: migrations/0001.a.sql and migrations/0001.a.py
        hint: rename the one that is applied nowhere yet
        """)


def test_an_edited_file_and_one_that_is_gone(
    write: Write, said: Said, sqlkit: Run, project: Path
) -> None:
    write("0001.a", "select 1")
    sqlkit("migrate", "apply")
    write("0001.a", "select 2")
    assert said("apply") == expected("""
        error: migrations/0001.a.sql was edited after it was applied: its checksum is HASH…, and \
was HASH… on NOW
        hint: put the file back as it was, and write what is to change as a new migration; if the \
schema is what the file says now (you changed a comment, or both by hand), "sqlkit migrate resolve \
--applied 0001.a" takes it as it is
        """)
    (project / "migrations/0001.a.sql").unlink()
    gone = """\
        hint: bring the file back ("git log --all -- '*0001.a*'" finds it); if its changes are \
undone, "sqlkit migrate resolve --rolled-back 0001.a" forgets it
        """
    assert said("apply") == expected(f"""
        there are no migrations in {project}/migrations
        error: 0001.a was applied on NOW, and its file is gone
{gone}""")
    assert said("rollback") == expected(f"""
        there are no migrations in {project}/migrations
        error: 0001.a would be rolled back, and its file is gone
{gone}""")


def test_a_file_that_postgresql_refuses_in_a_transaction(write: Write, said: Said) -> None:
    write("0001.a", "create table a (n int);\nvacuum;")
    assert said("apply") == expected("""
        error: migrations/0001.a.sql:2: PostgreSQL runs this only outside a transaction
        hint: make it the only statement of a file that says "-- transactional: false"
        """)


def test_python_that_can_not_be_loaded(write: Write, said: Said, project: Path) -> None:
    assert callable(write)
    (project / "migrations/0001.a.py").write_text("# a\nfrom yoyo import step\nstep(nope)\n")
    assert said("apply") == expected("""
        error: migrations/0001.a.py:3 can't be loaded: name 'nope' is not defined
        """)
    (project / "migrations/0001.a.py").write_text("# a\nthis is no Python\n")
    assert "error: migrations/0001.a.py:2 can't be loaded: " in said("apply")


def test_names_that_yoyo_would_pass_over_or_take_for_something_else(
    write: Write, said: Said, project: Path
) -> None:
    write("0001.a", "select 1")
    write("0001.a.rolback", "drop table a")
    assert said("apply") == expected("""
        error: migrations/0001.a.rolback.sql would be applied as a migration, and looks like the \
rollback of 0001.a
        hint: name it 0001.a.rollback.sql, or something else if it is no rollback
        """)
    (project / "migrations/0001.a.rolback.sql").rename(project / "migrations/0002.b.rollback.sql")
    write("0003.c", "select 1")
    (project / "migrations/0003.c.sql").rename(project / "migrations/0003.c.SQL")
    assert said("status", exit_code=0) == expected("""
        warning: migrations/0002.b.rollback.sql is the rollback of no migration: there is no \
0002.b.sql
        warning: migrations/0003.c.SQL is passed over: the end of its name must be in small letters
        """)


def test_where_there_is_no_folder(write: Write, said: Said, project: Path) -> None:
    assert callable(write)
    (project / "migrations").rmdir()
    assert said("status", exit_code=2) == expected(f"""
        error: there is no folder of migrations at {project}/migrations
        hint: make it, go to the project's folder, or name it in pyproject.toml: [tool.sqlkit] \
migrations = "…"
        """)


def test_a_name_that_is_none(write: Write, said: Said) -> None:
    write("0001.users", "-- depends: 0001.users\nselect 1")
    assert said("apply") == expected("""
        error: migrations/0001.users.sql depends on itself
        hint: put right its line "-- depends:"
        """)
    write("0001.users", "select 1")
    assert said("apply", "--to", "0001.usres").endswith("did you mean 0001.users?\n")
    assert said("apply", "--to", "9") == expected("""
        error: there is no migration 9
        hint: "sqlkit migrate status" lists them
        """)


# A test's process may have been told to ignore it, and its children with it.
INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from sqlkit.cli import main
main()
"""


def test_an_interrupt(
    write: Write, database_url: str, sqlkit: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("0001.a", "create table a (n int); select pg_sleep(600)")
    environment = {**os.environ, "DATABASE_URL": database_url}
    sleeping = (
        "select 1 from pg_stat_activity"
        " where wait_event = 'PgSleep' and datname = current_database()"
    )
    with (
        psycopg.connect(database_url, autocommit=True) as connection,
        subprocess.Popen(
            [sys.executable, "-c", INTERRUPTIBLE, "migrate", "apply"],
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        ) as process,
    ):
        while not connection.execute(sleeping).fetchone():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        try:
            _, shown = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 1
    assert 'interrupted: "sqlkit migrate status" says how all stand' in shown
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert sqlkit("migrate", "status").stdout.endswith("1 pending\n")
