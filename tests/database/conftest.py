"""Databases for the tests of this folder, and one face for both kinds of them.

A test that asks for ``both`` is written once, with ``await``, and runs twice: on an
`AsyncDatabase`, and on a `Database` behind `Awaited`.
"""

from __future__ import annotations

import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import pytest
from psycopg.conninfo import make_conninfo

from sqlkit import AsyncDatabase, Database, sql

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        AsyncIterator,
        Callable,
        Coroutine,
        Iterable,
        Iterator,
    )

    from sqlkit import Connection, HeldConnection, Statement
    from sqlkit.testing.server import Server


class Awaited:
    """A sync connection with an async face; what is awaited is done at once."""

    def __init__(self, connection: Connection) -> None:
        self.connection_ = connection

    async def run(self, statement: Statement[Any], **options: Any) -> Any:
        return cast("Database", self.connection_).run(statement, **options)

    async def batch(self, statements: Iterable[Statement[Any]], **options: Any) -> list[Any]:
        return cast("Database", self.connection_).batch(statements, **options)

    @asynccontextmanager
    async def stream(self, statement: Statement[Any], **options: Any) -> AsyncGenerator[Any]:
        with cast("Database", self.connection_).stream(statement, **options) as rows:
            yield each(rows)

    @asynccontextmanager
    async def transaction(self, **options: Any) -> AsyncGenerator[Any]:
        with self.connection_.transaction(**options) as tx:
            yield Awaited(tx)

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Any]:
        with cast("Database", self.connection_).connection() as held:
            yield Awaited(held)

    async def transact(
        self, function: Callable[[Any], Coroutine[Any, Any, Any]], **options: Any
    ) -> Any:
        return cast("Database", self.connection_).transact(
            lambda tx: at_once(function(Awaited(tx))), **options
        )

    async def open(self) -> None:
        cast("Database", self.connection_).open()

    async def close(self) -> None:
        cast("Database", self.connection_).close()

    async def __aenter__(self) -> Awaited:
        cast("Database", self.connection_).__enter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        cast("Database", self.connection_).__exit__(*error)

    @property
    def psycopg(self) -> Any:
        return Psycopg(cast("HeldConnection", self.connection_).psycopg)


class Psycopg:
    """A psycopg connection whose ``execute`` is awaited."""

    def __init__(self, connection: Any) -> None:
        self.info = connection.info
        self._connection = connection

    async def execute(self, *args: Any) -> Any:
        return self._connection.execute(*args)


async def each(rows: Iterator[Any]) -> AsyncIterator[Any]:
    for row in rows:
        yield row


def at_once(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never has to wait."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits for something")


@pytest.fixture(scope="module")
def module_url(server: Server) -> Iterator[str]:
    with server.database() as url:
        yield url


@pytest.fixture
def url(module_url: str) -> str:
    """A database where this test has a schema of its own, made by `both`."""
    return make_conninfo(module_url, options=f"-c search_path=t_{secrets.token_hex(4)},public")


@pytest.fixture(params=["sync", "async"])
def make_both(request: pytest.FixtureRequest) -> Callable[..., AsyncDatabase]:
    """Makes a database of each kind, typed as the async one."""

    def make(conninfo: str, **options: Any) -> AsyncDatabase:
        if request.param == "async":
            return AsyncDatabase(conninfo, **options)
        return cast("AsyncDatabase", Awaited(Database(conninfo, **options)))

    return make


@pytest.fixture
async def both(make_both: Callable[..., AsyncDatabase], url: str) -> AsyncIterator[AsyncDatabase]:
    async with make_both(url) as database:
        schema = await database.run(sql("show search_path", kind="one"))
        await database.run(sql(f"create schema {schema.split(',')[0]}", kind="exec"))
        yield database
