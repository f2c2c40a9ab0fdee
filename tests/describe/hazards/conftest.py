"""A database with the tables of docs/check.md, and what is found in queries over it."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
import pytest

from sqlkit.describe import Description, Hazard, describe
from sqlkit.sqlfile import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlkit.testing.server import Server

SCHEMA = """\
create table users (
    id bigint generated always as identity primary key,
    email text not null unique,
    full_name text,
    score int
);
create table orders (
    id bigint generated always as identity primary key,
    user_id bigint not null references users,
    referrer_id bigint references users,
    status text not null,
    paid int not null,
    total int not null,
    placed_at timestamptz not null default now(),
    due_at timestamp
);
create table archived_orders (id bigint not null, status text not null);
"""

Search: TypeAlias = "Callable[[str], list[Hazard]]"


@pytest.fixture(scope="session")
def shop(server: Server) -> Iterator[psycopg.Connection[Any]]:
    """A connection in autocommit, to a database with `SCHEMA`."""
    with server.database() as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCHEMA)
        yield connection


@pytest.fixture
def search(shop: psycopg.Connection[Any]) -> Search:
    """The hazards of one query, a header put before a bare one; raises what is an error."""

    def search(text: str) -> list[Hazard]:
        text = dedent(text).strip()
        text = text if text.startswith("-- name:") else f"-- name: q\n{text}"
        parsed = read(f"{text}\n", file="sql/x.sql", module="x")
        assert not parsed.errors
        [answer] = describe(shop, parsed.queries, hazards=True)
        if not isinstance(answer, Description):
            raise answer
        return list(answer.hazards)

    return search
