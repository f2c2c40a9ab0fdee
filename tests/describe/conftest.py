"""A connection to a database with one small schema, for every test of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
import pytest

from sqlkit.describe import Description, describe
from sqlkit.errors import SourceError
from sqlkit.sqlfile import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlkit.testing.server import Server

SCHEMA = """
create type mood as enum ('sad', 'ok', 'it''s "fine"');
create type point3 as (x int, y int, z numeric(6, 2));
create domain email as text check (value like '%@%');
create domain work_email as email not null;
create type slots as range (subtype = int4);
create schema other;
create type other.mood as enum ('blue');
create table other.archives (id int);
create table users (
    id bigint generated always as identity primary key,
    email email not null unique,
    full_name text,
    mood mood not null default 'ok',
    tags text[] not null default '{}',
    work work_email default 'a@b',
    created_at timestamptz not null default now()
);
create table posts (
    id bigint primary key, user_id bigint not null references users, body text not null, score int
);
create view sad_users as select id, full_name from users where mood = 'sad';
create view sadder_users as select id from sad_users;
create table parents (id int not null, name text not null);
create table children () inherits (parents);
create table parts (id int not null, at date not null) partition by range (at);
create table parts_1 partition of parts for values from ('2020-01-01') to ('2021-01-01');
create table ruled (id int not null);
create rule ruled_insert as on insert to ruled do instead
    insert into posts values (1, 2, 'x', 3) returning null::int;
create function next_one(int) returns int language sql immutable as 'select $1 + 1';
create function twice(int) returns int language plpgsql volatile as 'begin return 2 * $1; end';
create procedure go(inout done boolean) language plpgsql as 'begin done := true; end';
"""

Ask: TypeAlias = "Callable[[str], Description]"


@pytest.fixture(scope="session")
def connection(server: Server) -> Iterator[psycopg.Connection[Any]]:
    """A connection in autocommit, to a database with `SCHEMA`."""
    with server.database() as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCHEMA)
        yield connection


@pytest.fixture
def ask_all(
    connection: psycopg.Connection[Any],
) -> Callable[[str], list[Description | SourceError]]:
    """What describing a file's text gives."""

    def ask_all(text: str) -> list[Description | SourceError]:
        parsed = read(text, file="sql/x.sql", module="x")
        assert not parsed.errors
        return describe(connection, parsed.queries)

    return ask_all


@pytest.fixture
def ask(ask_all: Callable[[str], list[Description | SourceError]]) -> Ask:
    """The description of one query, a header put before a bare one; raises if it is refused."""

    def ask(text: str) -> Description:
        text = text if text.startswith("-- name:") else f"-- name: q\n{text};\n"
        [answer] = ask_all(text)
        if isinstance(answer, SourceError):
            raise answer
        return answer

    return ask
