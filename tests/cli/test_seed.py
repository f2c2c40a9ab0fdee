from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

SEEDS = """
from sqlkit import Row
from sqlkit.seeding import Factory, seeder, sequence

class Note(Row):
    body: str
    tags: list[str]

class NoteFactory(Factory[Note], table="notes"):
    body: str = sequence(lambda n: f"note {n}")
    tags: list[str] = ["seeded"]

@seeder("notes", key="body")
def notes(_):
    return NoteFactory.build_batch(range(1, 4))

@seeder("notes", key="body", name="extra", after=[notes], environments=["test"])
def extra(_):
    return [Note("one more", [])]
"""


@pytest.fixture
def seeds(project: Path, dsn: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A project with seeds, and the name of a database with its schema."""
    (project / "pyproject.toml").write_text('[tool.sqlkit]\nseeds = "app_seeds.py"\n')
    (project / "app_seeds.py").write_text(SEEDS)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delenv("SQLKIT_ENV", raising=False)
    yield dsn
    sys.modules.pop("app_seeds", None)


def count(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select count(*) from notes").fetchone()
    assert row
    return int(row[0])


def test_seeders_run_and_a_table_says_what_they_did(
    sqlkit: Callable[..., Result], seeds: str
) -> None:
    table = sqlkit("seed", "--dsn", seeds).stdout
    assert [cell.strip() for cell in table.splitlines()[3].strip("│").split("│")] == [
        "notes",
        "3",
        "0",
        "0",
    ]
    assert count(seeds) == 5
    answer = json.loads(sqlkit("seed", "--dsn", seeds, "--json").stdout)
    assert answer == {
        "dry_run": False,
        "seeders": [{"seeder": "notes", "table": "notes", "inserted": 0, "changed": 0, "left": 3}],
    }


def test_a_dry_run_writes_nothing(sqlkit: Callable[..., Result], seeds: str) -> None:
    result = sqlkit("seed", "--dsn", seeds, "--dry-run", "extra", "--env", "test")
    assert "extra" in result.stdout
    assert "dry run: nothing was written" in result.stderr
    assert count(seeds) == 2


def test_the_environment_chooses_and_production_is_refused(
    sqlkit: Callable[..., Result], seeds: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQLKIT_ENV", "production")
    refused = sqlkit("seed", "--dsn", seeds, exit_code=2)
    assert "this is production" in refused.stderr
    assert "--yes-production" in refused.stderr
    assert count(seeds) == 2
    sqlkit("seed", "--dsn", seeds, "--yes-production")
    assert count(seeds) == 5
    sqlkit("seed", "--dsn", seeds, "--env", "test")
    assert count(seeds) == 6
    assert (
        "not for staging"
        in sqlkit("seed", "extra", "--dsn", seeds, "--env", "staging", exit_code=1).stderr
    )


def test_a_database_that_says_it_is_production_is_refused_whoever_asks(
    sqlkit: Callable[..., Result], seeds: str
) -> None:
    with psycopg.connect(seeds, autocommit=True) as connection:
        name = SQL("alter database {} set sqlkit.environment = 'production'")
        connection.execute(name.format(Identifier(connection.info.dbname)))
    refused = sqlkit("seed", "--dsn", seeds, "--env", "development", exit_code=2)
    assert "sqlkit.environment" in refused.stderr
    assert count(seeds) == 2


def test_a_table_is_filled_without_a_seeder(
    sqlkit: Callable[..., Result], seeds: str, project: Path
) -> None:
    (project / "app_seeds.py").unlink()
    answer = json.loads(sqlkit("seed", "--fill", "notes=30", "--dsn", seeds, "--json").stdout)
    assert answer["seeders"][0]["inserted"] == 30
    assert count(seeds) == 32
    sqlkit("seed", "--fill", "notes", "--dsn", seeds, exit_code=2)
    sqlkit("seed", "x", "--fill", "notes=1", "--dsn", seeds, exit_code=2)
    twice = sqlkit("seed", "--fill", "notes=1", "--fill", "notes=2", "--dsn", seeds, exit_code=2)
    assert "--fill names notes twice" in twice.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def x(:", "app_seeds.py:1: SyntaxError"),
        ("x = 1\nimport nowhere_at_all", "app_seeds.py:2: ModuleNotFoundError: No module named"),
        (SEEDS.replace(', key="body"', ""), "app_seeds.py:13: TypeError: seeder() missing"),
    ],
)
def test_a_seeds_file_that_fails_is_told_with_its_line_and_without_a_traceback(
    sqlkit: Callable[..., Result], seeds: str, project: Path, text: str, said: str
) -> None:
    (project / "app_seeds.py").write_text(text)
    result = sqlkit("seed", "--dsn", seeds, exit_code=2)
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_seeders_of_another_environment_are_said_to_be_left_out(
    sqlkit: Callable[..., Result], seeds: str
) -> None:
    assert "another environment: extra (test)" in sqlkit("seed", "--dsn", seeds).stderr
    assert "another" not in sqlkit("seed", "notes", "--dsn", seeds).stderr


def test_a_bar_moves_on_a_terminal_and_the_json_stays_clean(seeds: str, project: Path) -> None:
    ours, its = pty.openpty()
    with os.fdopen(ours):
        arguments = ["seed", "--fill", "notes=12000", "--json", "--dsn", seeds]
        ran = subprocess.run(
            [sys.executable, "-m", "sqlkit.cli", *arguments],
            stdout=subprocess.PIPE,
            stderr=its,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"},
            cwd=project,
            check=True,
            timeout=120,
        )
        os.close(its)
        shown = os.read(ours, 100_000).decode()
    assert json.loads(ran.stdout)["seeders"][0]["inserted"] == 12_000
    assert "notes" in shown
    assert "%" in shown


def test_an_unknown_seeder_and_a_missing_file_are_wrong_use(
    sqlkit: Callable[..., Result], seeds: str, project: Path
) -> None:
    assert 'did you mean "notes"' in sqlkit("seed", "ntoes", "--dsn", seeds, exit_code=2).stderr
    (project / "app_seeds.py").unlink()
    assert "no such file" in sqlkit("seed", "--dsn", seeds, exit_code=2).stderr
