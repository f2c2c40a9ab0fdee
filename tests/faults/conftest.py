"""A database behind a proxy that fails."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.faults.calls import TABLES
from tests.faults.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def seed() -> int:
    """Told with a failure; pytest-randomly's own seed, which it comes from, repeats it."""
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")  # noqa: T201 # pytest shows it with a failure
    return seed


@pytest.fixture
def direct(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection around the proxy, to a database with the tables of `calls`."""
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(TABLES)
        yield conn


@pytest.fixture
def proxy(direct: psycopg.Connection[Any]) -> Iterator[Proxy]:
    info = direct.info
    if not info.hostaddr:
        pytest.skip("the server is on a socket of the file system")
    with Proxy(info.hostaddr, info.port) as proxy:
        yield proxy


@pytest.fixture
def url(database_url: str, proxy: Proxy) -> str:
    """The database through the proxy, without TLS, so that a cut is anywhere in the protocol."""
    return make_conninfo(
        database_url,
        host="127.0.0.1",
        hostaddr="127.0.0.1",
        port=proxy.port,
        sslmode="disable",
        gssencmode="disable",
    )
