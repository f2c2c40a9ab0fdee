from __future__ import annotations

import json
import re
from textwrap import dedent
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
    assert sqlkit("check").stdout == (
        "all generated files are up to date, no hazards in 10 queries\n"
    )
    assert sqlkit("check", "--offline").stdout == (
        "all generated files are up to date "
        "(by their hashes; neither the schema nor hazards were looked at)\n"
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
    assert '"sqlkit compile" puts that right' in result.stderr
    if not offline:
        assert "\n--- sql/notes.py\n+++ sql/notes.py" in result.stdout
        assert "\n-MINE = 1\n" in result.stdout


@pytest.mark.parametrize("offline", [True, False])
def test_a_missing_file_is_found(compiled: Path, sqlkit: Run, offline: bool) -> None:
    compiled.unlink()

    result = sqlkit("check", *["--offline"][: int(offline)], exit_code=1)

    assert "sql/notes.py is missing" in result.stdout
    assert "class Note" not in result.stdout
    if not offline:
        assert re.search(r"is missing \(would have \d\d\d lines\)", result.stdout)
        assert result.stdout.endswith("\n1 missing file\n")


def test_a_file_left_over_is_named_and_not_shown(compiled: Path, sqlkit: Run) -> None:
    left = compiled.with_name("old.py")
    left.write_text(compiled.read_text("utf-8"), "utf-8")

    result = sqlkit("check", exit_code=1)

    assert "sql/old.py is left over: its .sql file is gone\n1 orphan file\n" in result.stdout


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


def test_json_has_stale_files_errors_hazards_and_notices(compiled: Path, sqlkit: Run) -> None:
    keys = {"stale", "errors", "hazards", "notices"}
    assert json.loads(sqlkit("check", "--json").stdout).keys() == keys
    assert json.loads(sqlkit("check", "--format", "json").stdout).keys() == keys
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


def test_a_path_is_wrong_use_and_the_message_says_why(project: Path, sqlkit: Run) -> None:
    result = sqlkit("check", str(project / "sql"), "--offline", exit_code=2)

    assert (
        f"check takes no path, it looks at the whole project: leave out {project}" in result.stderr
    )


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


def write(project: Path, name: str, text: str) -> None:
    (project / name).write_text(text, encoding="utf-8")


FORGOTTEN = """\
-- name: forget :affected
update notes
set body = '' ;

-- name: find_dull :many
select id, data
from notes
where mood = null;
"""


def test_hazards_are_shown_by_file_with_caret_and_hint(project: Path, sqlkit: Run) -> None:
    write(project, "sql/forgotten.sql", FORGOTTEN)
    sqlkit("compile")

    result = sqlkit("check", exit_code=1)

    assert result.stdout == dedent("""\
        sql/forgotten.sql
        sql/forgotten.sql:2:1: this changes every row of notes [update_without_where]
            2 | update notes
                ^^^^^^
        hint: say which rows in a WHERE; where all are meant, write `where true`

        sql/forgotten.sql:8:14: a comparison with NULL is never true [equals_null]
            8 | where mood = null;
                             ^^^^
        hint: write `is null` or `is not null`

        2 hazards in 12 queries
    """)
    assert "@allow" in result.stderr


def test_a_hazard_in_json_has_its_rule_query_and_place(project: Path, sqlkit: Run) -> None:
    write(project, "sql/forgotten.sql", FORGOTTEN)
    sqlkit("compile")

    first, _ = json.loads(sqlkit("check", "--json", exit_code=1).stdout)["hazards"]

    assert first == {
        "file": "sql/forgotten.sql",
        "line": 2,
        "column": 1,
        "rule": "update_without_where",
        "query": "forgotten.forget",
        "message": "this changes every row of notes",
        "hint": "say which rows in a WHERE; where all are meant, write `where true`",
    }


def test_hazards_hinder_no_compiling(project: Path, sqlkit: Run) -> None:
    write(project, "sql/forgotten.sql", FORGOTTEN)

    assert "wrote sql/forgotten.py" in sqlkit("compile").stdout


def test_the_project_allows_hazards_by_name(project: Path, sqlkit: Run) -> None:
    write(project, "sql/forgotten.sql", FORGOTTEN)
    write(project, "pyproject.toml", '[tool.sqlkit]\nallow = ["equals_null"]\n')
    sqlkit("compile")

    shown = sqlkit("check", exit_code=1).stdout

    assert "equals_null" not in shown
    assert shown.endswith("\n1 hazard in 12 queries\n")


def test_the_project_can_allow_only_hazards_that_there_are(project: Path, sqlkit: Run) -> None:
    write(project, "pyproject.toml", '[tool.sqlkit]\nallow = ["equal_null"]\n')

    shown = sqlkit("check", exit_code=2).stderr

    assert 'has "equal_null", and there is no such hazard; did you mean equals_null?' in shown


def test_an_allowed_hazard_that_is_none_is_an_error(project: Path, sqlkit: Run) -> None:
    allow = "-- @allow update_without_where, unused_cte\nupdate notes"
    write(project, "sql/forgotten.sql", FORGOTTEN.replace("update notes", allow))
    sqlkit("compile")

    shown = sqlkit("check", exit_code=1).stderr

    assert "sql/forgotten.sql:2:33: @allow unused_cte changes nothing" in shown


def test_offline_finds_no_hazards(project: Path, sqlkit: Run) -> None:
    write(project, "sql/forgotten.sql", FORGOTTEN)
    sqlkit("compile")

    sqlkit("check", "--offline")


def test_json_and_another_format_are_wrong_use(project: Path, sqlkit: Run) -> None:
    sqlkit("check", "--json", "--format", "github", exit_code=2)


def test_github_shows_findings_beside_their_lines(
    project: Path, sqlkit: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    write(project, "sql/forgotten.sql", FORGOTTEN)

    shown = sqlkit("check", "--format", "github", exit_code=1).stdout

    assert shown.splitlines()[0] == (
        "::error file=sql/forgotten.sql,line=2,endLine=2,col=1,endColumn=7,"
        "title=update_without_where::this changes every row of notes%0A"
        "hint: say which rows in a WHERE; where all are meant, write `where true`"
    )
    assert "::error file=sql/notes.py,line=1,title=missing file::is missing (would" in shown


def test_github_knows_files_from_the_root_of_the_repository(
    project: Path, sqlkit: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project.parent))
    write(project, "sql/forgotten.sql", FORGOTTEN)

    shown = sqlkit("check", "--format", "github", exit_code=1).stdout

    assert f"file={project.name}/sql/forgotten.sql,line=2" in shown


def test_what_means_something_to_github_is_escaped(project: Path, sqlkit: Run) -> None:
    write(project, "sql/a,b%.sql", "-- name: x :one\nselect 1;\n")

    shown = sqlkit("check", "--format", "github", exit_code=1).stdout

    assert "::error file=sql/a%2Cb%25.sql,line=1," in shown
    assert "::a,b%25 can't be the name of a Python module%0Ahint: rename it" in shown


def test_a_query_that_a_pending_migration_breaks_names_the_migration(
    compiled: Path, sqlkit: Run, project: Path
) -> None:
    write(project, "migrations/0002.more.sql", "alter table notes add extra int")
    write(project, "migrations/0003.no-price.sql", "alter table notes drop price")
    write(project, "migrations/0004.later.sql", "alter table notes add later int")

    result = sqlkit("check", exit_code=1)
    errors = json.loads(sqlkit("check", "--json", exit_code=1).stdout)["errors"]

    message = 'column "price" does not exist, since the migration 0003.no-price'
    assert f"sql/notes.sql:3:24: {message} [42703]" in result.stderr
    # Every query that reads or writes the column, each at its own line.
    assert [error["line"] for error in errors] == [3, 7, 11, 28, 39]
    assert all("since the migration 0003.no-price" in error["message"] for error in errors)
    assert result.stdout == "5 errors in 10 queries\n"


def test_a_query_that_never_was_right_blames_no_migration(
    compiled: Path, sqlkit: Run, project: Path
) -> None:
    write(project, "migrations/0002.more.sql", "alter table notes add extra int")
    write(project, "sql/bad.sql", "-- name: bad :one\nselect nothing from notes;\n")

    assert "since the migration" not in sqlkit("check", exit_code=1).stderr
