"""The pytest plugin, as a project has it: each test runs a pytest of its own."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlkit.testing.server import Server

pytest_plugins = ["pytester"]

# Loading Faker's and hypothesis's plugins takes longer than the tests do.
PROJECT = """
[tool.sqlkit]
migrations = "schema"

[tool.pytest.ini_options]
filterwarnings = ["error"]
addopts = "--strict-markers -p no:cacheprovider -p no:randomly -p no:faker -p no:hypothesispytest"
asyncio_mode = "strict"
asyncio_default_fixture_loop_scope = "function"
"""

HEAD = """
import pytest
from sqlkit import sql
def pear(n): return sql("insert into pears values (:n::int)", kind="exec", n=n)
COUNT = sql("select count(*) from pears", kind="one")
"""


@pytest.fixture
def project(
    pytester: pytest.Pytester, server: Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.Pytester]:
    """A project with a migration, on this session's server by a role of its own.

    No database may be left: the role could not be dropped.
    """
    role = f"tester_{secrets.token_hex(6)}"
    monkeypatch.setenv("SQLKIT_TEST_DSN", server.url.replace("postgres@", f"{role}@"))
    monkeypatch.setenv("SQLKIT_TEST_PG", "dsn")
    pytester.makepyprojecttoml(PROJECT)
    pytester.mkdir("schema").joinpath("0001.pears.sql").write_text("create table pears (n int)")
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(sql.SQL("create role {} login createdb").format(sql.Identifier(role)))
        yield pytester
        connection.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


def run(project: pytest.Pytester, tests: str, *words: str) -> pytest.RunResult:
    project.makepyfile(HEAD + tests)
    return project.runpytest_subprocess(*words)


def test_db_is_rolled_back_and_sees_the_projects_migrations(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
        def test_one(db):
            db.run(pear(1))
            assert db.run(COUNT) == 1

        def test_two(db):
            db.run(pear(1))
            assert db.run(COUNT) == 1
        """.replace("\n        ", "\n"),
    )
    result.assert_outcomes(passed=2)


def test_what_commits_gets_a_database_of_its_own(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
import psycopg, threading

@pytest.mark.sqlkit_commit
@pytest.mark.parametrize("n", [1, 2])
def test_marked(db, n):
    db.run(pear(n))
    with db.connection() as held, held.transaction():
        assert held.run(COUNT) == db.run(COUNT, separate=True) == 1

def test_with_the_url_too(db, database_url):
    db.run(pear(1))
    with psycopg.connect(database_url) as other:
        assert other.execute("select count(*) from pears").fetchone() == (1,)

def test_url_alone(database_url):
    with psycopg.connect(database_url) as other:
        assert other.execute("select count(*) from pears").fetchone() == (0,)

@pytest.mark.asyncio
async def test_both(db, async_db):
    db.run(pear(1))
    assert await async_db.run(COUNT) == 1
""",
    )
    result.assert_outcomes(passed=5)


ASYNC_TESTS = """
import asyncio

{mark}
class TestAsync:
    @pytest.mark.parametrize("again", [1, 2])
    async def test_rolled_back(self, async_db, again):
        await async_db.run(pear(1))
        assert await async_db.run(COUNT) == 1

    @pytest.mark.sqlkit_commit
    @pytest.mark.parametrize("again", [1, 2])
    async def test_committed(self, async_db, again):
        await asyncio.gather(*(async_db.run(pear(n)) for n in range(5)))
        assert await async_db.run(COUNT) == 5

    @pytest.mark.sqlkit_commit
    async def test_closed_by_itself(self, async_db):
        async with async_db:
            assert await async_db.run(COUNT) == 0

    async def test_unused(self, async_db):
        pass

    @pytest.mark.parametrize("again", [1, 2])
    async def test_with_an_async_fixture(self, three_pears, async_db, again):
        assert await async_db.run(COUNT) == 3

@{fixture}
async def three_pears(async_db):
    await async_db.batch([pear(1), pear(2), pear(3)])
    yield
    assert await async_db.run(COUNT) == 3
"""


def test_async_db_works_with_pytest_asyncio(project: pytest.Pytester) -> None:
    tests = ASYNC_TESTS.format(mark="@pytest.mark.asyncio", fixture="pytest_asyncio.fixture")
    run(project, "import pytest_asyncio" + tests).assert_outcomes(passed=8)


def test_async_db_works_with_anyio(project: pytest.Pytester) -> None:
    backend = "@pytest.fixture\ndef anyio_backend(): return 'asyncio'\n"
    tests = ASYNC_TESTS.format(mark="@pytest.mark.anyio", fixture="pytest.fixture")
    run(project, backend + tests).assert_outcomes(passed=8)


def test_a_test_that_forgets_a_statement_fails(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
@pytest.mark.usefixtures("no_forgotten_statements")
def test_forgets():
    pear(1)
""",
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*built and never run*", "*sql, built at *.py:*"])


def test_another_folder_of_migrations_can_be_named(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
@pytest.fixture(scope="session")
def sqlkit_migrations(): return None

def test_empty(db):
    assert db.run(sql("select to_regclass('pears') is null", kind="one"))
""",
    )
    result.assert_outcomes(passed=1)


def test_a_migration_that_fails_is_named_under_xdist_too(project: pytest.Pytester) -> None:
    (project.path / "schema" / "0002.wrong.sql").write_text("create table pears (n int)")
    result = run(project, "def test_one(db): pass\ndef test_two(db): pass\n", "-n", "2")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*DuplicateTable*", "*in the migration 0002.wrong*"])


def test_without_a_server_the_tests_say_why(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQLKIT_TEST_DSN", "postgresql://127.0.0.1:1/x")
    result = run(project, "def test_one(db): pass\ndef test_two(): pass\n", "-n", "1")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*NoServer: no PostgreSQL server could be found*"])


def test_workers_of_xdist_share_one_server(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SQLKIT_TEST_DSN", raising=False)
    pytester.makepyprojecttoml(PROJECT)
    pytester.mkdir("schema").joinpath("0001.pears.sql").write_text("create table pears (n int)")
    result = run(
        pytester,
        """
@pytest.mark.parametrize("n", range(8))
def test_one(db, sqlkit_server, database_url, worker_id, n):
    db.run(pear(n))
    assert db.run(COUNT) == 1
    print("on", sqlkit_server.url, worker_id)
""",
        "-n",
        "2",
        "-rP",
    )
    result.assert_outcomes(passed=8)
    lines = [line.split() for line in result.outlines if line.startswith("on postgresql://")]
    assert len({url for _, url, _ in lines}) == 1
    assert {worker for _, _, worker in lines} == {"gw0", "gw1"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_an_interrupted_run(
    number: signal.Signals, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SQLKIT_TEST_DSN", raising=False)
    pytester.makepyprojecttoml(PROJECT)
    pytester.mkdir("schema")
    found = pytester.path / "found"
    pytester.makepyfile(f"""
import pathlib, time
def test_long(sqlkit_server):
    pathlib.Path({str(found)!r}).write_text(f"{{sqlkit_server.pid}} {{sqlkit_server.folder}}")
    time.sleep(60)
""")
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q"],
        cwd=pytester.path,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        pid, folder = written(found, process).split()
        os.killpg(process.pid, number)
        process.wait(60)
    end = time.monotonic() + 60
    while psutil.pid_exists(int(pid)) or os.path.exists(folder):  # noqa: PTH110
        assert time.monotonic() < end
        time.sleep(0.05)


def written(file: Path, process: subprocess.Popen[bytes]) -> str:
    while not (file.exists() and " " in file.read_text()):
        assert process.poll() is None
        time.sleep(0.05)
    return file.read_text()


def test_loading_the_plugin_loads_nothing_heavy() -> None:
    heavy = ("psycopg", "psycopg_pool", "msgspec", "yoyo", "multiprocessing", "sqlkit.database")
    script = (
        "import pytest, sys; before = set(sys.modules); import sqlkit.testing.plugin; "
        f"print(sorted((set(sys.modules) - before) & set({heavy!r})))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "[]\n"
