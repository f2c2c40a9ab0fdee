from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from sqlkit.errors import ProjectError
from sqlkit.project import Project

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "pyproject.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_nearest_section_upward_makes_the_project(tmp_path: Path) -> None:
    write(tmp_path, '[tool.sqlkit]\nsql = "queries"\n')
    write(tmp_path / "inner", '[project]\nname = "no-section"\n')
    deep = tmp_path / "inner" / "deep"
    deep.mkdir()

    project = Project.find(deep)

    assert project.root == tmp_path
    assert project.sql == tmp_path / "queries"


def test_without_a_section_the_nearest_pyproject_gives_the_root_and_the_rest_is_default(
    tmp_path: Path,
) -> None:
    write(tmp_path, "")
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)

    project = Project.find(deep)

    assert project.root == tmp_path
    assert project.sql == tmp_path / "sql"
    assert project.migrations == tmp_path / "migrations"
    assert project.seeds == tmp_path / "sql" / "seeds.py"
    assert project.null_elements is True
    assert not project.types
    assert not project.databases


def test_without_any_pyproject_the_current_folder_is_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert Project.find().root == tmp_path


def test_a_project_can_not_be_changed(tmp_path: Path) -> None:
    project = Project.find(tmp_path)

    with pytest.raises(dataclasses.FrozenInstanceError):
        project.null_elements = False  # type: ignore[misc]  # that is what is tested


def test_types_and_named_databases_are_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        """
        [tool.sqlkit]
        null_elements = false

        [tool.sqlkit.types]
        "campaigns.settings" = "app.types.Settings"

        [tool.sqlkit.databases.reports]
        search_path = "reports, public"

        [tool.sqlkit.databases.billing]
        sql = "billing/sql"
        migrations = "billing/migrations"
        """,
    )

    project = Project.find(tmp_path)

    assert project.null_elements is False
    assert project.types == {"campaigns.settings": "app.types.Settings"}
    reports, billing = project.database("reports"), project.database("billing")
    assert reports.sql == tmp_path / "sql" / "reports"
    assert reports.migrations == tmp_path / "migrations" / "reports"
    assert reports.search_path == "reports, public"
    assert billing.sql == tmp_path / "billing" / "sql"
    assert billing.search_path is None
    assert project.database().sql == project.sql


def test_what_migrate_does_is_said_for_the_project(tmp_path: Path) -> None:
    write(tmp_path, "[tool.sqlkit.migrate]\nlock_timeout = 5\ndanger_rows = 0\nsquawk = false\n")

    assert Project.find(tmp_path).migrate == {
        "lock_timeout": 5,
        "danger_rows": 0,
        "squawk": False,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[tool.sqlkit]\nmigration = "x"',
            '[tool.sqlkit] has no key "migration"; did you mean "migrations"?',
        ),
        (
            "[tool.sqlkit]\nzzz = 1",
            '[tool.sqlkit] has no key "zzz"; '
            "there is sql, migrations, seeds, null_elements, allow, types, migrate, databases",
        ),
        (
            '[tool.sqlkit.databases.reports]\nserach_path = "x"',
            '[tool.sqlkit.databases.reports] has no key "serach_path"; did you mean "search_path"?',
        ),
        ("[tool.sqlkit]\nsql = 3", '[tool.sqlkit] "sql" must be a string with something in it'),
        ('[tool.sqlkit]\nsql = ""', '[tool.sqlkit] "sql" must be a string with something in it'),
        (
            "[tool.sqlkit]\nnull_elements = 0",
            '[tool.sqlkit] "null_elements" must be true or false, not 0',
        ),
        (
            '[tool.sqlkit]\nallow = "x"',
            """[tool.sqlkit] "allow" must be a list of strings, not 'x'""",
        ),
        (
            '[tool.sqlkit]\nallow = ["x", 1]',
            """[tool.sqlkit] "allow" must be a list of strings, not ['x', 1]""",
        ),
        ("[tool.sqlkit]\ntypes = []", '[tool.sqlkit] "types" must be a table, not []'),
        (
            "[tool.sqlkit.types]\njsonb = 1",
            '[tool.sqlkit.types] "jsonb" must be a string with something in it, not 1',
        ),
        (
            "[tool.sqlkit.databases]\nreports = 1",
            '[tool.sqlkit.databases] "reports" must be a table, not 1',
        ),
        (
            "[tool.sqlkit.migrate]\nlock_timeot = 1",
            '[tool.sqlkit.migrate] has no key "lock_timeot"; did you mean "lock_timeout"?',
        ),
        (
            "[tool.sqlkit.migrate]\ndanger_rows = 1.5",
            '[tool.sqlkit.migrate] "danger_rows" must be a whole number, 0 or more, not 1.5',
        ),
        (
            "[tool.sqlkit.migrate]\nwait = true",
            '[tool.sqlkit.migrate] "wait" must be a number, 0 or more, not True',
        ),
        (
            "[tool.sqlkit.migrate]\nattempts = 0",
            '[tool.sqlkit.migrate] "attempts" must be a whole number, 1 or more, not 0',
        ),
        (
            "[tool.sqlkit.migrate]\nsquawk = 1",
            '[tool.sqlkit.migrate] "squawk" must be true or false, not 1',
        ),
        ("[tool]\nsqlkit = true", '[tool] "sqlkit" must be a table, not True'),
        ("tool = 1", '"tool" must be a table, not 1'),
        ("[tool.sqlkit", "pyproject.toml"),
    ],
)
def test_what_is_wrong_is_named_with_file_table_and_key(
    tmp_path: Path, text: str, message: str
) -> None:
    file = write(tmp_path, text)

    with pytest.raises(ProjectError) as caught:
        Project.find(tmp_path)

    assert str(caught.value).startswith(f"{file}: ")
    assert message in str(caught.value)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"[tool.sqlkit]\nsql = '\xff'\n")

    with pytest.raises(ProjectError, match=r"pyproject\.toml: .*utf-8"):
        Project.find(tmp_path)


def test_an_unknown_database_brings_the_near_name(tmp_path: Path) -> None:
    write(tmp_path, "[tool.sqlkit.databases.reports]\n")

    with pytest.raises(ProjectError, match='did you mean "reports"'):
        Project.find(tmp_path).database("report")


def test_the_cache_folder_keeps_itself_out_of_git(tmp_path: Path) -> None:
    project = Project.find(tmp_path)

    cache = project.make_cache()
    project.make_cache()

    assert cache == tmp_path / ".sqlkit"
    assert (cache / ".gitignore").read_text(encoding="utf-8") == "*\n"
