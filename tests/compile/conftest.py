"""A connection to a database with one small schema, and a project folder to compile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit.compile import Plan, Settings, plan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from sqlkit.testing.server import Server

SCHEMA = """
create type campaign_status as enum ('draft', 'it''s "on"', 'done');
create type address as (street text, zip int, status campaign_status, "class" jsonb);
create domain email as text not null check (value like '%@%');
create table users (
    id bigint generated always as identity primary key,
    email email not null,
    full_name text,
    tags text[] not null default '{}',
    home address,
    created_at timestamptz not null default now(),
    settings jsonb not null default '{}'
);
create table campaigns (
    id bigint generated always as identity primary key,
    owner_id bigint not null references users,
    title text not null,
    status campaign_status not null default 'draft',
    budget numeric(12, 2),
    created_at timestamptz not null default now(),
    during tstzrange,
    slots int4multirange,
    doc tsvector,
    ip inet,
    net cidr
);
create view active as select id, owner_id, title from campaigns where status <> 'done';
create schema other;
create type other.campaign_status as enum ('blue');
"""


@pytest.fixture(scope="session")
def connection(server: Server) -> Iterator[psycopg.Connection[Any]]:
    """A connection in autocommit, to a database with `SCHEMA`."""
    with server.database() as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCHEMA)
        yield connection


@dataclass(frozen=True)
class Folder:
    """A project's folder, with ``sql`` in it."""

    root: Path
    connection: psycopg.Connection[Any]

    @property
    def sql(self) -> Path:
        return self.root / "sql"

    def write(self, file: str, text: str) -> Path:
        """A file in ``sql``."""
        path = self.sql / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def plan(self, settings: Settings | None = None, exclude: Collection[Path] = ()) -> Plan:
        """What compiling ``sql`` comes to."""
        return plan(self.connection, self.root, self.sql, settings or Settings(), exclude)

    def compiled(self, text: str, settings: Settings | None = None) -> str:
        """The module of one file of that text."""
        self.write("x.sql", text)
        made = self.plan(settings)
        assert [str(error) for error in made.errors] == []
        return made.files[self.sql / "x.py"]

    def refused(self, text: str) -> str:
        """The one error of one file of that text."""
        self.write("x.sql", text)
        [error] = self.plan().errors
        return str(error)


@pytest.fixture
def folder(tmp_path: Path, connection: psycopg.Connection[Any]) -> Folder:
    """An empty project."""
    (tmp_path / "sql").mkdir()
    return Folder(tmp_path, connection)
