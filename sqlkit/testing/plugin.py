"""The pytest plugin: a database for each test, on one server for the whole run.

``database_url``
    The URL of a database of the test's own: a copy of the template, dropped afterwards. For what
    commits, or connects more than once.
``db``, ``async_db``
    A `sqlkit.Database` or `sqlkit.AsyncDatabase`. What the test does with it is one transaction on
    one connection, rolled back at the end: fast, and nothing is left for the next test. A test that
    is marked ``@pytest.mark.sqlkit_commit``, asks for ``database_url`` too, or for both of them,
    gets the real thing on a database of its own instead.
``no_forgotten_statements``
    Fails a test that built a statement and never ran it.
``sqlkit_server``
    The `sqlkit.testing.server.Server` itself, for the whole run.
``sqlkit_migrations``
    The folder of yoyo migrations of the template: the project's, or none. Override it to have
    another.

This file is loaded by every run of pytest, also where sqlkit isn't used: so it imports nothing of
sqlkit before a fixture is used.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlkit.database.async_database import AsyncDatabase
    from sqlkit.database.database import Database
    from sqlkit.testing.server import Server
    from sqlkit.testing.session import Session, SharedSession

_SHARED: pytest.StashKey[SharedSession] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Say what the marker means."""
    config.addinivalue_line(
        "markers",
        "sqlkit_commit: db and async_db are a real database of the test's own, not a transaction"
        " that is rolled back.",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where to ask for the server."""
    from sqlkit.testing.session import SharedSession

    shared = node.config.stash.get(_SHARED, None)
    if shared is None:
        shared = node.config.stash[_SHARED] = SharedSession()
    node.workerinput["sqlkit_address"] = shared.address


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that the workers shared."""
    shared = config.stash.get(_SHARED, None)
    if shared is not None:
        shared.close()


@pytest.fixture(scope="session")
def _sqlkit_session(request: pytest.FixtureRequest) -> Iterator[Session]:
    from sqlkit.testing.session import OwnSession, WorkersSession

    address = getattr(request.config, "workerinput", {}).get("sqlkit_address")
    if address is not None:
        yield WorkersSession(address)
        return
    session = OwnSession()
    yield session
    session.close()


@pytest.fixture(scope="session")
def sqlkit_server(_sqlkit_session: Session) -> Server:
    """The PostgreSQL server of this run of pytest."""
    return _sqlkit_session.server()


@pytest.fixture(scope="session")
def sqlkit_migrations(request: pytest.FixtureRequest) -> Path | None:
    """The folder of the template's migrations: ``[tool.sqlkit] migrations``, if it is there."""
    from sqlkit.project import Project

    folder = Project.find(request.config.rootpath).migrations
    return folder if folder.is_dir() else None


# Looked up for each test, since folders of tests may have migrations of their own.
@pytest.fixture
def _sqlkit_template(_sqlkit_session: Session, sqlkit_migrations: Path | None) -> str:
    return _sqlkit_session.template(sqlkit_migrations)


@pytest.fixture
def database_url(sqlkit_server: Server, _sqlkit_template: str) -> Iterator[str]:
    """The URL of a database of the test's own, with the migrations applied; dropped afterwards."""
    with sqlkit_server.database(template=_sqlkit_template) as url:
        yield url


@pytest.fixture(scope="session")
def _sqlkit_rollback_databases(sqlkit_server: Server) -> Iterator[Callable[[str], str]]:
    with ExitStack() as databases:

        @cache
        def copy_of(template: str) -> str:
            return databases.enter_context(sqlkit_server.database(template=template))

        yield copy_of


@pytest.fixture
def _sqlkit_rollback_url(
    _sqlkit_rollback_databases: Callable[[str], str], _sqlkit_template: str
) -> str:
    return _sqlkit_rollback_databases(_sqlkit_template)


@pytest.fixture
def db(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database for this test: rolled back at its end, or its own if it commits."""
    if _commits(request):
        from sqlkit.database.database import Database

        database = Database(request.getfixturevalue("database_url"), name="test")
        yield database
        database.close()
    else:
        from sqlkit.testing.rollback import RollbackDatabase

        pinned = RollbackDatabase(request.getfixturevalue("_sqlkit_rollback_url"))
        yield pinned
        pinned.end()


@pytest.fixture
def async_db(request: pytest.FixtureRequest) -> Iterator[AsyncDatabase]:
    """An async database for this test: rolled back at its end, or its own if it commits.

    It connects in the test's own event loop, when it is first used.
    """
    if _commits(request):
        from sqlkit.testing.loopless import AsyncCommittingDatabase

        database = AsyncCommittingDatabase(request.getfixturevalue("database_url"))
        yield database
        database.end()
    else:
        from sqlkit.testing.async_rollback import AsyncRollbackDatabase

        pinned = AsyncRollbackDatabase(request.getfixturevalue("_sqlkit_rollback_url"))
        yield pinned
        pinned.end()


def _commits(request: pytest.FixtureRequest) -> bool:
    names = set(request.node.fixturenames)
    return (
        request.node.get_closest_marker("sqlkit_commit") is not None
        or "database_url" in names
        or {"db", "async_db"} <= names
    )


@pytest.fixture
def no_forgotten_statements() -> Iterator[None]:
    """Fails the test if it built a statement and never ran it."""
    from sqlkit.testing.forgotten import no_forgotten_statements

    with no_forgotten_statements():
        yield
