from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest

from sqlkit.testing.server import throwaway

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

BROKEN = """\
-- name: get_one :one
select emial from notes where id = :id;

-- name: typo :oen
select 1;
"""


def test_compile_writes_the_module_beside_each_file(sqlkit: Run, project: Path) -> None:
    result = sqlkit("compile")

    assert result.stdout.splitlines() == ["wrote sql/__init__.py", "wrote sql/notes.py"] or (
        "wrote sql/notes.py" in result.stdout.splitlines()
    )
    assert "def get_note(*, id: int) -> " in (project / "sql" / "notes.py").read_text("utf-8")
    assert "schema: migrations/ applied on a throw-away server" in result.stderr


def test_compile_again_writes_nothing(sqlkit: Run, project: Path) -> None:
    sqlkit("compile")
    times = {path: path.stat().st_mtime_ns for path in (project / "sql").iterdir()}

    result = sqlkit("compile")

    assert "wrote" not in result.stdout
    assert "unchanged" in result.stdout
    assert {path: path.stat().st_mtime_ns for path in (project / "sql").iterdir()} == times


def test_every_error_is_shown_and_then_nothing_is_written(sqlkit: Run, project: Path) -> None:
    (project / "sql" / "broken.sql").write_text(BROKEN, encoding="utf-8")

    result = sqlkit("compile", exit_code=1)

    assert "sql/broken.sql:2:8: " in result.stderr
    assert "    2 | select emial from notes where id = :id;\n               ^^^^^" in result.stderr
    assert "[42703]" in result.stderr
    assert "sql/broken.sql:4:" in result.stderr
    assert result.stderr.rstrip().endswith("nothing was written")
    assert not list((project / "sql").glob("*.py"))


def test_compile_of_one_path_writes_that_alone(sqlkit: Run, project: Path) -> None:
    (project / "sql" / "other.sql").write_text("-- name: one :one\nselect 1 as a;\n", "utf-8")

    sqlkit("compile", "sql/other.sql")

    assert (project / "sql" / "other.py").exists()
    assert not (project / "sql" / "notes.py").exists()


def test_a_path_without_sql_files_is_wrong_use(sqlkit: Run, project: Path) -> None:
    assert "no .sql file" in sqlkit("compile", "migrations", exit_code=2).stderr
    assert "does not exist" in sqlkit("compile", "nowhere", exit_code=2).stderr


def test_an_empty_project_is_told_how_to_begin(sqlkit: Run, here: Path) -> None:
    assert '"sqlkit init" begins a project' in sqlkit("compile", exit_code=2).stderr


def test_a_file_that_sqlkit_did_not_write_is_kept(sqlkit: Run, project: Path) -> None:
    mine = project / "sql" / "notes.py"
    mine.write_text("mine = 1\n", encoding="utf-8")

    result = sqlkit("compile", exit_code=1)

    assert "notes.py was not written by sqlkit" in result.stderr
    assert mine.read_text(encoding="utf-8") == "mine = 1\n"


def test_what_a_hand_wrote_is_not_lost_silently(sqlkit: Run, project: Path) -> None:
    sqlkit("compile")
    module = project / "sql" / "notes.py"
    module.write_text(module.read_text("utf-8") + "\nMINE = 1\n", encoding="utf-8")

    assert "wrote sql/notes.py (it had been edited by hand)\n" in sqlkit("compile").stdout

    source = module.with_suffix(".sql")
    source.write_text(source.read_text("utf-8") + "\n-- name: one :one\nselect 1;\n", "utf-8")
    assert sqlkit("compile").stdout.splitlines()[0] == "wrote sql/notes.py"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("sql/notes.py", "in sql/notes.py; did you mean sql/notes.sql?"),
        ("pyproject.toml", "in pyproject.toml: they are in sql ([tool.sqlkit] sql)"),
    ],
)
def test_a_path_without_a_query_is_told_where_there_are_some(
    sqlkit: Run, project: Path, path: str, said: str
) -> None:
    (project / "sql" / "notes.py").touch()

    assert said in " ".join(sqlkit("compile", path, exit_code=2).stderr.split())


@pytest.mark.parametrize("command", ["compile", "check"])
def test_a_migration_that_misses_a_table_is_not_told_to_apply_migrations(
    sqlkit: Run, project: Path, command: str
) -> None:
    (project / "migrations" / "0002.bad.sql").write_text("alter table x add y int;", "utf-8")

    result = sqlkit(command, exit_code=1)

    assert "[42P01]" in result.stderr
    assert "in the migration 0002.bad, migrations/0002.bad.sql:1\n" in result.stderr
    assert "hint" not in result.stderr


def test_a_database_without_tables_is_said_to_be_so(sqlkit: Run, project: Path) -> None:
    (project / "migrations" / "0001.notes.sql").unlink()

    assert (
        "hint: this database has no tables: migrations/ is empty, or not applied to it"
        in sqlkit("compile", exit_code=1).stderr
    )


def test_a_migration_that_fails_is_a_message(sqlkit: Run, project: Path) -> None:
    (project / "migrations" / "0002.bad.sql").write_text("create tabel x ();", encoding="utf-8")

    result = sqlkit("compile", exit_code=1)

    assert "0002.bad" in result.stderr
    assert "[42601]" in result.stderr
    assert "this was a database of the command's own, and is gone" in result.stderr
    assert "Traceback" not in result.output


def test_the_database_of_dsn_comes_first(sqlkit: Run, project: Path, dsn: str) -> None:
    (project / "migrations" / "0002.bad.sql").write_text("not applied", encoding="utf-8")

    result = sqlkit("compile", "--dsn", dsn)

    assert "schema: the database of --dsn" in result.stderr


def test_without_any_server_the_database_of_database_url_is_used(
    sqlkit: Run, project: Path, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQLKIT_TEST_PG", "dsn")
    monkeypatch.delenv("SQLKIT_TEST_DSN")
    refused = sqlkit("compile", exit_code=2)
    monkeypatch.setenv("DATABASE_URL", dsn.replace("postgresql://", "postgresql+psycopg://"))

    result = sqlkit("compile")

    assert "no PostgreSQL server could be found" in refused.stderr
    assert "schema: the database of DATABASE_URL, since no PostgreSQL" in result.stderr
    assert (project / "sql" / "notes.py").exists()


def test_without_migrations_the_database_of_database_url_is_used(
    sqlkit: Run, project: Path, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "migrations").rename(project / "elsewhere")
    monkeypatch.setenv("DATABASE_URL", dsn)

    assert "schema: the database of DATABASE_URL" in sqlkit("compile").stderr


def test_a_database_made_for_a_command_is_dropped_after_it(
    sqlkit: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SQLKIT_TEST_DSN")
    with throwaway() as server, psycopg.connect(server.url, autocommit=True) as connection:
        monkeypatch.setenv("SQLKIT_TEST_DSN", server.url)
        sqlkit("compile")
        (project / "sql" / "bad.sql").write_text("-- name: bad :one\nselect a from b;\n", "utf-8")
        sqlkit("check", exit_code=1)
        left = connection.execute("select datname from pg_database where not datistemplate")

        assert left.fetchall() == [("postgres",)]


@pytest.mark.parametrize("command", ["compile", "check", "describe"])
def test_a_server_that_is_not_there_is_wrong_use(sqlkit: Run, project: Path, command: str) -> None:
    result = sqlkit(command, "--dsn", "postgresql://postgres@127.0.0.1:1/x", exit_code=2)

    assert result.stderr.count("error: ") == 1
    assert "hint: is the server running?" in result.stderr
    assert "Traceback" not in result.output


def test_a_dsn_that_can_not_be_read_is_wrong_use(sqlkit: Run, project: Path) -> None:
    result = sqlkit("compile", "--dsn", "postgresql://127.0.0.1/x?colour=red", exit_code=2)

    assert "colour" in result.stderr
    assert "is the server running?" not in result.stderr


@pytest.mark.parametrize(
    ("dsn", "message"),
    [
        ("mysql://u:hunter2@h/d", "a URL begins with postgresql://, not with mysql://"),
        ("postgres:/hunter2", "a URL begins with postgresql://, not with postgres:/"),
        ("postgresql://u:hunter2/x@h/d", "%2F for /"),
    ],
)
@pytest.mark.parametrize("command", ["compile", "check", "describe"])
def test_a_dsn_that_is_no_url_is_told_without_the_password(
    command: str, dsn: str, message: str, sqlkit: Run, project: Path
) -> None:
    result = sqlkit(command, "--dsn", dsn, exit_code=2)
    assert result.stderr.startswith("error: --dsn can't be read: ")
    assert message in result.stderr
    assert "hunter2" not in result.stderr
    assert not result.stderr.endswith("\n\n")


def test_a_missing_database_brings_its_cure(sqlkit: Run, project: Path, dsn: str) -> None:
    result = sqlkit("compile", "--dsn", dsn + "_not_there", exit_code=2)

    assert "does not exist" in result.stderr
    assert "create the database" in result.stderr


def test_named_databases_are_compiled_each_with_its_own_schema(sqlkit: Run, project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.sqlkit.databases.reports]\nsearch_path = "stats, public"\n', encoding="utf-8"
    )
    for folder, name, text in (
        ("migrations", "0001.views.sql", "create schema stats; create table stats.days (day date)"),
        ("sql", "days.sql", "-- name: list_days :many\nselect day from days;\n"),
    ):
        (project / folder / "reports").mkdir()
        (project / folder / "reports" / name).write_text(text, encoding="utf-8")

    result = sqlkit("compile")

    assert "wrote sql/reports/days.py" in result.stdout
    assert "wrote sql/notes.py" in result.stdout
    only = sqlkit("describe", "--json", "--database", "reports")
    assert '"reads": [\n        "stats.days"\n      ]' in only.stdout
    both = sqlkit("compile", "--dsn", "postgresql://x", exit_code=2)
    assert "--dsn is one database and there are default, reports" in both.stderr


def test_what_is_compiled_can_be_imported(
    sqlkit: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlkit("compile")
    code = "from sql import notes; print(notes.get_note(id=1))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False
    )

    assert done.stdout == "<Statement notes.get_note(id)>\n", done.stderr
