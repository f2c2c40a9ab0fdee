"""The command ``sqlkit migrate``."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit.cli import pulse
from sqlkit.cli.migrating import took
from tests.cli.test_app import in_terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from sqlkit.testing.server import Server

    Run = Callable[..., Result]


@pytest.fixture
def empty(project: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database that DATABASE_URL names; the project has one migration for it."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    rollback = project / "migrations/0001.notes.rollback.sql"
    rollback.write_text("drop table notes; drop type mood;")
    return database_url


def write(project: Path, name: str, text: str) -> None:
    (project / "migrations" / f"{name}.sql").write_text(text, encoding="utf-8")


@pytest.mark.usefixtures("empty")
def test_apply_status_and_rollback_in_a_row(sqlkit: Run, project: Path) -> None:
    write(project, "0002.more", "create table more (n int)")
    write(project, "0002.more.rollback", "drop table more")

    assert "1 pending" not in sqlkit("migrate", "status").stdout
    assert sqlkit("migrate", "status").stdout.endswith("2 pending\n")
    sqlkit("migrate", "status", "--check", exit_code=1)
    lines = sqlkit("migrate", "apply").stdout.splitlines()
    assert [line.split(" (")[0] for line in lines] == ["applied 0001.notes", "applied 0002.more"]
    assert sqlkit("migrate", "apply").stdout == "nothing is pending\n"
    assert sqlkit("migrate", "status", "--check").stdout.endswith("2 applied\n")
    assert sqlkit("migrate", "rollback").stdout.startswith("rolled back 0002.more (")
    assert sqlkit("migrate", "rollback", "--all").stdout.startswith("rolled back 0001.notes (")
    assert sqlkit("migrate", "rollback").stdout == "nothing is applied\n"


@pytest.mark.usefixtures("empty")
def test_json_of_each(sqlkit: Run, project: Path) -> None:
    def answer(*arguments: str, exit_code: int = 0) -> Any:
        return json.loads(sqlkit("migrate", *arguments, "--json", exit_code=exit_code).stdout)

    applied = answer("apply")
    assert [one["id"] for one in applied["migrations"]] == ["0001.notes"]
    write(project, "0002.wrong", "create table notes (n int)")
    plan = answer("plan", "--no-queries")
    assert [one["id"] for one in plan["migrations"]] == ["0002.wrong"]
    assert plan["migrations"][0]["statements"] == [{"line": 1, "sql": "create table notes (n int)"}]
    assert plan["migrations"][0]["transactional"] is True
    assert answer("apply", exit_code=1) == {"migrations": []}
    write(project, "0001.notes", "create table notes (n int)")
    status = answer("status", exit_code=1)
    assert status["counts"] == {"applied": 0, "pending": 1, "changed": 1, "missing": 0, "dirty": 0}
    assert status["problems"][0]["kind"] == "changed"
    assert status["migrations"][0]["sha256"] != status["migrations"][0]["applied_sha256"]
    assert status["migrations"][0]["applied"].endswith("+00:00")
    assert status["lock"] is None
    assert answer("resolve", "--applied", "0001") == {"id": "0001.notes", "state": "applied"}
    assert answer("rollback")["migrations"][0]["id"] == "0001.notes"


@pytest.mark.usefixtures("empty")
def test_what_is_wrong_is_told_with_what_to_do(sqlkit: Run, project: Path) -> None:
    sqlkit("migrate", "apply")
    write(project, "0001.notes", "create table notes (n int)")
    for command in ("status", "apply", "plan"):
        shown = sqlkit("migrate", command, exit_code=1).stderr
        assert "migrations/0001.notes.sql was edited after it was applied" in shown
        assert "hint: put the file back as it was" in shown
    sqlkit("migrate", "resolve", "--applied", "0001")
    sqlkit("migrate", "status")


@pytest.mark.usefixtures("empty")
def test_a_failing_migration_is_shown_with_its_line(sqlkit: Run, project: Path) -> None:
    write(project, "0002.wrong", "create table more (n int);\n\ninsert into mroe values (1);")
    result = sqlkit("migrate", "apply", exit_code=1)
    assert result.stdout.startswith("applied 0001.notes (")
    assert 'error: relation "mroe" does not exist' in result.stderr
    assert "in the migration 0002.wrong, migrations/0002.wrong.sql:3" in result.stderr
    assert "1 of 2 was applied before it, and stays so: 0001.notes" in result.stderr


def test_a_plan_shows_sql_and_warnings_and_the_queries_that_break(
    sqlkit: Run, project: Path, empty: str
) -> None:
    sqlkit("migrate", "apply")
    write(project, "0002.mood", "alter table notes drop mood;")
    write(
        project, "0003.index", "-- transactional: false\ncreate index concurrently x on notes (id)"
    )
    result = sqlkit("migrate", "plan", exit_code=1)
    assert "0002.mood  migrations/0002.mood.sql, in a transaction" in result.stdout
    assert "alter table notes drop mood;" in result.stdout
    assert "warning: can't be rolled back: there is no 0002.mood.rollback.sql" in result.stdout
    assert "0003.index  migrations/0003.index.sql, outside a transaction" in result.stdout
    assert "notes.get_note would break by 0002.mood:" in result.stderr
    assert result.stdout.endswith("2 pending; 4 of 10 queries would break\n")
    with psycopg.connect(empty) as connection:
        names = connection.execute("select migration_id from _yoyo_migration").fetchall()
    assert names == [("0001.notes",)]


@pytest.mark.usefixtures("empty")
def test_a_plan_of_what_fails_says_that_queries_are_unknown(sqlkit: Run, project: Path) -> None:
    sqlkit("migrate", "apply")
    write(project, "0002.wrong", "alter table nope drop mood;")
    result = sqlkit("migrate", "plan")
    assert "which queries would break could not be found out: relation" in result.stderr
    assert "0002.wrong.sql:1" in result.stderr


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    "wrong",
    [
        ("rollback", "--all", "--to", "0001"),
        ("resolve",),
        ("resolve", "--applied", "a", "--rolled-back", "b"),
        ("apply", "--wait", "-1"),
        ("aply",),
    ],
)
def test_wrong_use_ends_with_2(sqlkit: Run, wrong: tuple[str, ...]) -> None:
    sqlkit("migrate", *wrong, exit_code=2)


def test_no_password_is_printed(sqlkit: Run, project: Path, server: Server) -> None:
    url = server.url.replace("//postgres@", "//postgres:s3cr3t@")
    for arguments in (("status", "--dsn", url), ("status", "--dsn", url + "?s3cr3t=s3cr3t")):
        result = sqlkit("migrate", *arguments, exit_code=2 if "?" in arguments[-1] else 0)
        assert "=s3cr3t" not in result.output
        assert ":s3cr3t" not in result.output
    assert project.is_dir()


@pytest.mark.usefixtures("empty")
def test_the_status_of_a_thousand_files_takes_a_second_at_most(sqlkit: Run, project: Path) -> None:
    before = "0001.notes"
    for number in range(2, 1001):
        name = f"{number:04}.made"
        write(project, name, f"-- depends: {before}\ninsert into notes (body) values ('{name}');")
        before = name
    sqlkit("migrate", "apply")
    clock, cpu = time.perf_counter(), time.process_time()
    result = sqlkit("migrate", "status")
    assert result.stdout.endswith("1000 applied\n")
    assert "the first 980 applied are left out; --all shows them" in result.stderr
    assert time.process_time() - cpu < 1, time.perf_counter() - clock
    assert len(json.loads(sqlkit("migrate", "status", "--json").stdout)["migrations"]) == 1000


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0123, "12 ms"), (3.44, "3.4 s"), (125, "2 min 5 s")]
)
def test_times_are_short(seconds: float, text: str) -> None:
    assert took(seconds) == text


def test_on_a_terminal_each_has_a_line_above_the_bar(empty: str) -> None:
    environment = {**os.environ, "TERM": "xterm-256color", "DATABASE_URL": empty, "COLUMNS": "80"}

    shown = in_terminal(["migrate", "apply"], environment)

    assert re.search(r"\x1b\[2K(\x1b\[1A\x1b\[2K)*applied 0001\.notes \(\d+ ms\)\r\n", shown), shown
    assert "1/1" in shown


SLOW = """
create table slow (n int); insert into slow select generate_series(1, 300);
create function slowly(n int) returns int language plpgsql immutable as $$
begin
    perform pg_sleep(0.005);
    return n;
end $$;
"""


@pytest.mark.usefixtures("empty")
def test_a_long_statement_gives_signs_of_life(
    sqlkit: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "FIRST", 0.2)
    monkeypatch.setattr(pulse, "EVERY", 0.2)
    monkeypatch.setattr(pulse, "CHECKS", 0.05)
    write(project, "0002.slow", SLOW)
    write(project, "0003.index", "create index on slow (slowly(n))")
    write(project, "0004.sleep", "select 1; select pg_sleep(1)")
    shown = sqlkit("migrate", "apply").stderr
    far = r"note: 0003\.index: \d+ s so far, building index: scanning table, \d+%\n"
    assert re.search(far, shown)
    assert re.search(r"note: 0004\.sleep, 2 of 2: \d+ s so far\n", shown)
    assert not [one for one in threading.enumerate() if isinstance(one, pulse.Pulse)]
