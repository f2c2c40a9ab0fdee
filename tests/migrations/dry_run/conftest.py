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

if TYPE_CHECKING:
    from pathlib import Path

Verify: TypeAlias = Callable[..., list[Facts]]

TABLES = """
create table orgs (id bigint primary key);
create table users (
    id bigserial primary key, b int, org bigint, nm text not null default 'x', vc varchar(50)
);
insert into users (b) select g from generate_series(1, 2000) g;
create type mood as enum ('a');
create materialized view totals as select count(*) from users;
create table parts (id int, at int) partition by range (at);
create table part1 (id int, at int);
insert into part1 select g, g % 10 from generate_series(1, 2000) g;
"""
SMALL = Limits(rows=1000, size=1 << 40)


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
