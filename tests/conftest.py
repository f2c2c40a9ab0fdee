"""Fixtures of sqlkit's own suite: the plugin's, on databases that begin empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sqlkit.testing.server import Server


@pytest.fixture(scope="session")
def sqlkit_migrations() -> None:
    """None: a test makes the tables that it is about."""


@pytest.fixture(scope="session")
def server(sqlkit_server: Server) -> Server:
    """The throw-away server of the session."""
    return sqlkit_server
