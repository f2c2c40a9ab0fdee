"""squawk's warnings beside what was measured: with the real squawk, where it is installed."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from sqlkit.cli import linted
from sqlkit.migrations.dry_run import find_squawk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

needs_squawk = pytest.mark.skipif(
    find_squawk() is None, reason="squawk isn't installed: pip install squawk-cli"
)
KEY = """\
select 1;

-- Whom it belongs to.
alter table notes add owner bigint;
alter table notes
    add constraint owner foreign key (owner) references notes (id);
"""
SAID = (
    "migrations/0002.key.sql:6: warning: By default new constraints require a table scan and block "
    "writes to the table while that scan occurs. (squawk: constraint-missing-not-valid)\n"
    "safer: Use `NOT VALID` with a later `VALIDATE CONSTRAINT` call."
)


@pytest.fixture
def pending(sqlkit: Run, project: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with three pending migrations; gives the folder of the files."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    sqlkit("migrate", "apply")
    folder = project / "migrations"
    (folder / "0002.key.sql").write_text(KEY, encoding="utf-8")
    (folder / "0003.index.sql").write_text(
        "-- transactional: false\ncreate index concurrently x on notes (body);", encoding="utf-8"
    )
    (folder / "0004.[odd] name.sql").write_text("create table t (n int);", encoding="utf-8")
    return folder


@needs_squawk
@pytest.mark.usefixtures("pending")
def test_its_warnings_stand_with_the_statement_and_bring_no_exit_status(sqlkit: Run) -> None:
    shown = sqlkit("migrate", "apply", "--dry-run").stderr
    assert SAID.replace("sql:6:", "sql:5:") in shown  # where the statement begins
    assert "lock_timeout" not in shown
    answer = json.loads(sqlkit("migrate", "apply", "--dry-run", "--json").stdout)
    rules = [[one["rule"] for one in each["findings"]] for each in answer["statements"]]
    assert rules[0] == rules[1] == []
    assert rules[2] == [
        "squawk: constraint-missing-not-valid",
        "squawk: adding-foreign-key-constraint",
    ]
    # In a transaction it would say that CONCURRENTLY can't be there.
    assert rules[3] == [None]
    assert rules[4] == ["squawk: prefer-bigint-over-int"]


@needs_squawk
@pytest.mark.usefixtures("pending")
def test_a_plan_has_them_with_their_line(sqlkit: Run) -> None:
    plan = ("migrate", "plan", "--no-queries")
    shown = sqlkit(*plan).stdout
    assert "warning: migrations/0002.key.sql:6: By default new constraints require" in shown
    lints = json.loads(sqlkit(*plan, "--json").stdout)["squawk"]
    assert {one["migration"] for one in lints} == {"0002.key", "0004.[odd] name"}
    assert lints[0]["line"] == 6


@needs_squawk
def test_what_its_own_settings_or_the_project_leave_out_is_left_out(
    sqlkit: Run, pending: Path
) -> None:
    root = pending.parent
    (root / ".squawk.toml").write_text(
        'excluded_rules = ["constraint-missing-not-valid"]', encoding="utf-8"
    )
    shown = sqlkit("migrate", "apply", "--dry-run").stderr
    assert "adding-foreign-key-constraint" in shown
    assert "constraint-missing-not-valid" not in shown
    (root / "pyproject.toml").write_text(
        "[tool.sqlkit.migrate]\nsquawk = false\n", encoding="utf-8"
    )
    assert "squawk" not in sqlkit("migrate", "apply", "--dry-run").stderr


def program(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.usefixtures("pending")
def test_where_it_fails_the_way_out_is_named(
    sqlkit: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = program(tmp_path / "broken", "echo no such option >&2; exit 2")
    monkeypatch.setattr(linted, "find_squawk", lambda: broken)
    shown = sqlkit("migrate", "apply", "--dry-run", exit_code=2).stderr
    assert "error: squawk failed: no such option" in shown
    assert "hint: [tool.sqlkit.migrate] squawk = false leaves it out" in shown


@pytest.mark.usefixtures("pending")
def test_without_it_nothing_is_missed(sqlkit: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linted, "find_squawk", lambda: None)
    assert "squawk" not in sqlkit("migrate", "apply", "--dry-run").output


def test_it_is_looked_for_beside_python_and_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin/python"))
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "other"), "/usr/bin"]))
    assert find_squawk() is None
    (tmp_path / "other").mkdir()
    elsewhere = program(tmp_path / "other/squawk", "exit 0")
    assert find_squawk() == elsewhere
    (tmp_path / "bin").mkdir()
    beside = program(tmp_path / "bin/squawk", "exit 0")
    assert find_squawk() == beside
