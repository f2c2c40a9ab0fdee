from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]


@pytest.fixture
def compiled(sqlkit: Run, project: Path) -> Path:
    """The generated module of the project."""
    sqlkit("compile")
    return project / "sql" / "notes.py"


def test_check_is_content_after_compile(compiled: Path, sqlkit: Run) -> None:
    assert sqlkit("check").stdout == "all generated files are up to date\n"
    assert sqlkit("check", "--offline").stdout == (
        "all generated files are up to date (by their hashes; the schema was not looked at)\n"
    )


def test_offline_needs_no_server(
    compiled: Path, sqlkit: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQLKIT_TEST_PG", "dsn")
    monkeypatch.delenv("SQLKIT_TEST_DSN")

    sqlkit("check", "--offline")
    sqlkit("check", exit_code=2)


@pytest.mark.parametrize("offline", [True, False])
def test_a_file_edited_by_hand_is_found(compiled: Path, sqlkit: Run, offline: bool) -> None:
    compiled.write_text(compiled.read_text("utf-8") + "\nMINE = 1\n", encoding="utf-8")

    result = sqlkit("check", *["--offline"][: int(offline)], exit_code=1)

    assert "sql/notes.py was edited by hand" in result.stdout
    assert '"sqlkit compile" writes them anew' in result.stderr
    if not offline:
        assert "\n--- sql/notes.py\n+++ sql/notes.py" in result.stdout
        assert "\n-MINE = 1\n" in result.stdout


@pytest.mark.parametrize("offline", [True, False])
def test_a_missing_file_is_found(compiled: Path, sqlkit: Run, offline: bool) -> None:
    compiled.unlink()

    result = sqlkit("check", *["--offline"][: int(offline)], exit_code=1)

    assert "sql/notes.py is missing" in result.stdout


def test_a_stale_file_is_found(compiled: Path, sqlkit: Run) -> None:
    source = compiled.with_suffix(".sql")
    source.write_text(source.read_text("utf-8").replace("set_mood", "change_mood"), "utf-8")

    result = sqlkit("check", exit_code=1)

    assert "sql/notes.py is stale" in result.stdout
    assert "\n+def change_mood(" in result.stdout
    assert "sql/notes.py is stale" in sqlkit("check", "--offline", exit_code=1).stdout


def test_a_migration_that_changes_a_type_makes_a_file_stale(
    compiled: Path, sqlkit: Run, project: Path
) -> None:
    migration = project / "migrations" / "0002.more.sql"
    migration.write_text("alter table notes alter price type float8", encoding="utf-8")

    assert "sql/notes.py is stale" in sqlkit("check", exit_code=1).stdout


def test_json_has_stale_files_errors_and_notices(compiled: Path, sqlkit: Run) -> None:
    assert json.loads(sqlkit("check", "--json").stdout).keys() == {"stale", "errors", "notices"}
    compiled.unlink()

    missing = json.loads(sqlkit("check", "--json", exit_code=1).stdout)

    assert [(one["file"], one["reason"]) for one in missing["stale"]] == [
        ("sql/notes.py", "missing")
    ]
    assert missing["stale"][0]["diff"].startswith("--- sql/notes.py")


def test_a_query_that_the_schema_refuses_is_an_error(compiled: Path, sqlkit: Run) -> None:
    compiled.with_name("bad.sql").write_text("-- name: bad :one\nselect a from b;\n", "utf-8")

    shown = sqlkit("check", exit_code=1)
    (error,) = json.loads(sqlkit("check", "--json", exit_code=1).stdout)["errors"]

    assert "sql/bad.sql:2:15: " in shown.stderr
    assert (error["file"], error["line"], error["column"]) == ("sql/bad.sql", 2, 15)
    assert error["sqlstate"] == "42P01"


def test_offline_with_a_dsn_is_wrong_use(sqlkit: Run) -> None:
    assert "--offline" in sqlkit("check", "--offline", "--dsn", "x", exit_code=2).stderr


@pytest.mark.parametrize("folder", ["sql", "migrations", "sql/deep/er"])
def test_the_current_folder_makes_no_difference(
    compiled: Path, sqlkit: Run, project: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (project / folder).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(project / folder)

    assert "up to date" in sqlkit("check").stdout
    assert "wrote" not in sqlkit("compile").stdout


def test_files_are_shown_as_the_current_folder_has_them(
    compiled: Path, sqlkit: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled.unlink()
    monkeypatch.chdir(project / "migrations")

    assert "../sql/notes.py is missing" in sqlkit("check", exit_code=1).stdout
