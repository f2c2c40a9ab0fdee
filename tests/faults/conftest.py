"""Databases whose server or network fails, and what was seen of it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from sqlkit.policy.retry import Retry
from sqlkit.policy.timeout import Timeout
from tests.faults.calls import TABLES
from tests.faults.proxy import Proxy
from tests.faults.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlkit import AsyncDatabase

Open: TypeAlias = "Callable[..., AsyncDatabase]"
Session: TypeAlias = "psycopg.Connection[Any]"


@pytest.fixture
def seed() -> int:
    """Told with a failure; pytest-randomly's own seed, which it comes from, repeats it."""
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")  # noqa: T201 # pytest shows it with a failure
    return seed


@pytest.fixture
def seen() -> Seen:
    """How each attempt ended, in a database of `open_one`."""
    return Seen()


@pytest.fixture
def open_one(make_both: Open, seen: Seen) -> Open:
    """Makes a database with one connection."""

    def make(
        conninfo: str, *, seconds: float = 20, retry: Retry | None = None, **options: Any
    ) -> AsyncDatabase:
        policies = [Timeout(seconds), retry or Retry(), seen]
        return make_both(conninfo, max_size=1, policies=policies, **options)

    return make


@pytest.fixture
def database_url(module_url: str) -> str:
    """A database without tables, and without anybody that a test before it has left there."""
    with psycopg.connect(module_url, autocommit=True) as conn:
        conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        conn.execute("set client_min_messages = warning")
        conn.execute("drop schema public cascade; create schema public")
    return module_url


@pytest.fixture
def direct(database_url: str) -> Iterator[Session]:
    """A connection around the proxy, to a database with the tables of `calls`."""
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(TABLES)
        yield conn


@pytest.fixture
def proxy(direct: Session) -> Iterator[Proxy]:
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
