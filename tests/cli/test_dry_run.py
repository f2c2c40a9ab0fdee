"""``sqlkit migrate apply --dry-run``."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import psycopg
import pytest

from sqlkit.testing.server import find_binaries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from sqlkit.testing.server import Server

    Run = Callable[..., Result]

BIG = "insert into notes (body) select g::text from generate_series(1, 20000) g"


@pytest.fixture
def applied(project: Path, sqlkit: Run, database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database that DATABASE_URL names, with the project's migration and 20,000 notes."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    (project / "pyproject.toml").write_text("[tool.sqlkit.migrate]\nsquawk = false\n")
    sqlkit("migrate", "apply")
    with psycopg.connect(database_url) as connection:
        connection.execute(BIG)
    return database_url


def write(project: Path, name: str, text: str) -> None:
    (project / "migrations" / f"{name}.sql").write_text(text, encoding="utf-8")


@pytest.mark.usefixtures("applied")
def test_without_a_level_pending_migrations_are_tried_and_rolled_back(
    sqlkit: Run, project: Path
) -> None:
    assert sqlkit("migrate", "apply", "--dry-run").stdout == "nothing is pending\n"
    write(project, "0002.harmless", "alter table notes add more int")
    result = sqlkit("migrate", "apply", "--dry-run", env={"COLUMNS": "200"})
    assert "0002.harmless.sql:1" in result.stdout
    assert "notes: ACCESS EXCLUSIVE" in result.stdout
    assert result.stdout.endswith("1 migration tried and rolled back; nothing dangerous\n")
    assert sqlkit("migrate", "status").stdout.endswith("1 applied, 1 pending\n")


@pytest.mark.usefixtures("applied")
def test_what_is_dangerous_is_told_with_whom_it_blocks_and_the_safer_way(
    sqlkit: Run, project: Path
) -> None:
    write(project, "0002.key", "alter table notes add key uuid not null default gen_random_uuid()")
    write(project, "0003.more", "create table more (n int)")
    result = sqlkit("migrate", "apply", "--dry-run", exit_code=1)
    assert "0002.key.sql:1: danger: rewrites notes (about 20,002 rows" in result.stderr
    assert "blocks: all reads and writes of notes" in result.stderr
    assert "safer: add the column without its default" in result.stderr
    assert result.stdout.endswith("2 migrations tried and rolled back; 1 dangerous\n")
    limits = ("--danger-rows", "50000", "--danger-size", "99999999")
    sqlkit("migrate", "apply", "--dry-run=verify", *limits)

    assert "are for --dry-run" in sqlkit("migrate", "apply", *limits, exit_code=2).stderr

    answer = json.loads(sqlkit("migrate", "apply", "--dry-run", "--json", exit_code=1).stdout)
    assert answer["dangerous"] is True
    (table,) = answer["statements"][0]["tables"]
    assert table["table"] == "notes"
    assert table["rewritten"] is True
    assert table["held"] == "AccessExclusiveLock"
    assert answer["statements"][0]["findings"][0]["level"] == "danger"
    assert answer["statements"][1]["findings"] == []


@pytest.mark.usefixtures("applied")
def test_a_statement_that_fails_is_found(sqlkit: Run, project: Path) -> None:
    write(project, "0002.wrong", "select 1;\n\nalter table nope add n int")
    result = sqlkit("migrate", "apply", "--dry-run", exit_code=1)
    assert '0002.wrong.sql:3: error: relation "nope" does not exist [42P01]' in result.stderr
    assert result.stdout.endswith("1 migration tried and rolled back; 1 failed\n")


@pytest.mark.usefixtures("applied")
def test_what_comes_after_a_failure_is_said_to_be_untried(sqlkit: Run, project: Path) -> None:
    write(project, "0002.wrong", "select nope")
    write(project, "0003.more", "create table more (n int)")
    result = sqlkit("migrate", "apply", "--dry-run", exit_code=1)
    assert "1 after 0002.wrong was not tried" in result.stderr
    assert result.stdout.endswith("1 of 2 migrations tried and rolled back; 1 failed\n")


@pytest.mark.usefixtures("applied")
def test_the_plan_is_a_level_too_and_goes_up_to_one(sqlkit: Run, project: Path) -> None:
    write(project, "0002.a", "create table a (n int)")
    write(project, "0003.b", "create table b (n int)")
    shown = sqlkit("migrate", "apply", "--dry-run=plan", "--to", "0002").stdout
    assert "create table a (n int)" in shown
    assert "create table b" not in shown
    assert sqlkit("migrate", "plan", "--to", "0002", "--no-queries").stdout.endswith("1 pending\n")
    tried = sqlkit("migrate", "apply", "--dry-run", "--to", "0002").stdout
    assert "1 migration tried" in tried


@pytest.mark.usefixtures("applied")
def test_on_a_copy_rollbacks_are_tried(sqlkit: Run, project: Path) -> None:
    assert sqlkit("migrate", "apply", "--dry-run=scratch").stdout == "nothing is pending\n"
    write(project, "0002.a", "create table a (n int)")
    write(project, "0002.a.rollback", "drop table a")
    result = sqlkit("migrate", "apply", "--dry-run=scratch")
    assert result.stdout.splitlines() == [
        "0002.a: its rollback reverses it",
        "1 applied on a copy, 1 of them rolled back and applied again; nothing wrong",
    ]
    write(project, "0002.a.rollback", "alter table a rename to b")
    result = sqlkit("migrate", "apply", "--dry-run=scratch", exit_code=1)
    assert "0002.a: error: its rollback leaves another schema" in result.stdout
    assert "+CREATE TABLE public.b (" in result.stderr
    answer = json.loads(
        sqlkit("migrate", "apply", "--dry-run=scratch", "--json", exit_code=1).stdout
    )
    assert answer["rollbacks"][0]["outcome"] == "differs"
    assert sqlkit("migrate", "status").stdout.endswith("1 applied, 1 pending\n")


@pytest.mark.usefixtures("applied")
def test_without_pg_dump_it_says_where_it_comes_from(
    sqlkit: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, "0002.a", "create table a (n int)")
    monkeypatch.setenv("SQLKIT_TEST_PG", "dsn")
    monkeypatch.setenv("PATH", "/nowhere")
    result = sqlkit("migrate", "apply", "--dry-run=scratch", exit_code=2)
    assert "--dry-run=scratch needs pg_dump" in result.stderr


@pytest.mark.usefixtures("applied")
def test_the_project_says_what_is_big_and_an_option_says_otherwise(
    sqlkit: Run, project: Path
) -> None:
    write(project, "0002.key", "alter table notes add key uuid not null default gen_random_uuid()")
    sqlkit("migrate", "apply", "--dry-run", exit_code=1)
    pyproject = project / "pyproject.toml"
    section = "[tool.sqlkit.migrate]\ndanger_rows = 50000\ndanger_size = 99999999\n"
    pyproject.write_text(section, encoding="utf-8")
    sqlkit("migrate", "apply", "--dry-run")
    sqlkit("migrate", "apply", "--dry-run", "--danger-rows", "100", exit_code=1)
    pyproject.write_text(section + "statement_timeout = 0.001\n", encoding="utf-8")
    write(project, "0002.key", "select pg_sleep(1)")
    shown = sqlkit("migrate", "apply", "--dry-run", exit_code=1).stderr
    assert "canceling statement due to statement timeout" in shown
    pyproject.write_text("[tool.sqlkit.migrate]\ndanger_row = 1\n", encoding="utf-8")
    shown = sqlkit("migrate", "apply", "--dry-run", exit_code=2).stderr
    assert '[tool.sqlkit.migrate] has no key "danger_row"; did you mean "danger_rows"?' in shown


@pytest.mark.usefixtures("applied")
def test_the_project_says_how_long_a_lock_is_waited_for(
    sqlkit: Run, project: Path, database_url: str
) -> None:
    write(project, "0002.a", "alter table notes add n int")
    (project / "pyproject.toml").write_text(
        "[tool.sqlkit.migrate]\nlock_timeout = 0.05\nattempts = 1\n", encoding="utf-8"
    )
    with psycopg.connect(database_url) as reader:
        reader.execute("select from notes limit 1")
        shown = sqlkit("migrate", "apply", exit_code=1).stderr
        assert "tried once, waiting 0.05 s for each lock" in shown
        shown = sqlkit("migrate", "apply", "--attempts", "2", exit_code=1).stderr
        assert "tried 2 times, waiting 0.05 s for each lock" in shown


@pytest.mark.parametrize("level", ["plan", "verify", "scratch"])
def test_no_level_changes_schema_rows_or_ledger_by_a_byte(
    sqlkit: Run, project: Path, applied: str, server: Server, level: str
) -> None:
    def dump() -> str:
        line = [str(find_binaries(server.major).bindir / "pg_dump"), "--dbname", applied]
        text = subprocess.run(line, capture_output=True, text=True, check=True).stdout
        return re.sub(r"(?m)^\\(?:un)?restrict .*\n", "", text)

    write(project, "0002.a", "alter table notes add key uuid default gen_random_uuid()")
    write(project, "0002.a.rollback", "alter table notes drop key")
    write(project, "0003.b", "-- transactional: false\ncreate index concurrently b on notes (due)")
    before = dump()
    sqlkit("migrate", "apply", f"--dry-run={level}", exit_code=1 if level == "verify" else 0)
    assert "_sqlkit_migration" in before
    assert dump() == before
