"""Fixtures of sqlkit's own suite: the plugin's, on databases that begin empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from sqlkit import AsyncDatabase, Database
from tests.awaited import Awaited

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit.testing.server import Server


@pytest.fixture(scope="session")
def sqlkit_migrations() -> None:
    """None: a test makes the tables that it is about."""


@pytest.fixture(scope="session")
def server(sqlkit_server: Server) -> Server:
    """The throw-away server of the session."""
    return sqlkit_server


@pytest.fixture(params=["sync", "async"])
def make_both(request: pytest.FixtureRequest) -> Callable[..., AsyncDatabase]:
    """Makes a database of each kind, typed as the async one."""

    def make(conninfo: str, **options: Any) -> AsyncDatabase:
        if request.param == "async":
            return AsyncDatabase(conninfo, **options)
        return cast("AsyncDatabase", Awaited(Database(conninfo, **options)))

    return make
