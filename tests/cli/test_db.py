from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest

from sqlkit.project import Project
from sqlkit.testing import kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]


@pytest.fixture
def started(sqlkit: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Result]:
    """The output of ``db start`` in a folder that ``init`` filled; removed afterwards."""
    monkeypatch.delenv("SQLKIT_TEST_DSN", raising=False)
    sqlkit("init")
    try:
        yield sqlkit("db", "start")
    finally:
        kept.remove(Project.find(here).cache)


def in_terminal(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sqlkit.cli", "db", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_project_has_a_server_of_its_own(started: Result, sqlkit: Run, here: Path) -> None:
    url = sqlkit("db", "url").stdout.strip()

    assert started.stdout.splitlines()[1:] == ["applied 0001.create-notes", url]
    with psycopg.connect(url) as connection:
        connection.execute("insert into notes (body) values ('kept')")
    again = sqlkit("db", "start").stdout
    assert "applied" not in again
    assert sqlkit("db", "url").stdout.strip() == url

    shown = in_terminal("psql", "-Atc", "select body from notes")
    assert (shown.returncode, shown.stdout) == (0, "kept\n"), shown.stderr

    assert sqlkit("db", "stop").stdout == "PostgreSQL is stopped\n"
    assert sqlkit("db", "stop").stdout == "PostgreSQL was not running\n"
    sqlkit("db", "start")
    assert in_terminal("psql", "-Atc", "select body from notes").stdout == "kept\n"

    assert "applied 0001.create-notes" in sqlkit("db", "reset").stdout
    assert sqlkit("db", "url").stdout.strip() == url
    assert in_terminal("psql", "-Atc", "select count(*) from notes").stdout == "0\n"
    assert (here / ".sqlkit" / ".gitignore").read_text(encoding="utf-8") == "*\n"


@pytest.mark.parametrize("subcommand", ["url", "psql"])
def test_without_a_server_the_message_names_the_command_that_starts_it(
    sqlkit: Run, subcommand: str
) -> None:
    result = sqlkit("db", subcommand, exit_code=2)

    assert result.stdout == ""
    assert '"sqlkit db start" starts it' in result.stderr


def test_a_named_database_is_one_more_on_the_same_server(
    sqlkit: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SQLKIT_TEST_DSN", raising=False)
    (here / "pyproject.toml").write_text("[tool.sqlkit.databases.reports]\n", encoding="utf-8")
    try:
        sqlkit("db", "start")
        url = sqlkit("db", "url", "--database", "reports").stdout.strip()

        assert url.endswith("/reports")
        with psycopg.connect(url):
            pass
        assert "did you mean" in sqlkit("db", "url", "--database", "report", exit_code=2).stderr
    finally:
        kept.remove(Project.find(here).cache)


def test_psql_that_is_nowhere_is_an_error_that_says_so(
    started: Result, sqlkit: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("SQLKIT_TEST_PG", "dsn")

    result = sqlkit("db", "psql", exit_code=2)

    assert "psql is not installed" in result.stderr
    assert os.environ["PATH"] == str(tmp_path)
