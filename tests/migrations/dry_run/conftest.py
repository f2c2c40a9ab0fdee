from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
import pytest

from sqlkit import migrations
from sqlkit.migrations.dry_run import Facts, Limits, verify
from sqlkit.testing.server import Server, find_binaries
from tests.migrations.dry_run.tables import SMALL, TABLES

if TYPE_CHECKING:
    from pathlib import Path

Verify: TypeAlias = Callable[..., list[Facts]]


@pytest.fixture
def tables(database_url: str) -> str:
    """A database with a few tables, two of which have 2,000 rows."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(TABLES)
    return database_url


@pytest.fixture
def try_out(open_backend: Any, folder: Path) -> Verify:
    """Tries what is pending; gives the facts."""

    def run(limits: Limits = SMALL, tell: list[str] | None = None, **settings: Any) -> list[Facts]:
        with open_backend(tell, **settings) as backend:
            read = migrations.read(folder)
            found, _ = migrations.look(backend, read)
            wanted = [one.migration for one in migrations.plan(found)]
            return verify(backend, read, wanted, limits)

    return run


@pytest.fixture(scope="session")
def pg_dump(server: Server) -> Path:
    return find_binaries(server.major).bindir / "pg_dump"


@pytest.fixture
def schema(database_url: str, pg_dump: Path) -> Callable[..., str]:
    """The schema as pg_dump writes it, or with ``--data-only`` the rows."""

    def run(what: str = "--schema-only") -> str:
        line = [str(pg_dump), what, "--dbname", database_url]
        text = subprocess.run(line, capture_output=True, text=True, check=True).stdout
        return re.sub(r"(?m)^\\(?:un)?restrict .*\n", "", text)

    return run
