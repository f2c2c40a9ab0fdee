"""Fixtures of sqlkit's own suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sqlkit.testing.server import Server, throwaway

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One throw-away server for the session."""
    with throwaway() as found:
        yield found


@pytest.fixture
def database_url(server: Server) -> Iterator[str]:
    """An empty database of its own for each test that asks: its URL."""
    with server.database() as url:
        yield url
