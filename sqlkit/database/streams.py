"""A statement's rows, some at a time: through a server-side cursor, or directly as they come.

A cursor leaves the connection free for other statements meanwhile; what DECLARE doesn't take is
read directly, and keeps it busy.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from sqlkit.database import wire

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from sqlkit.database.wait import AsyncWait, Wait
    from sqlkit.statement import Statement


class Cursor:
    """A server-side cursor that is open; its ``with`` block gives the rows, and closes it."""

    # A class, since of nested asynchronous generators that are abandoned Python 3.11 may leave the
    # inner one where it waits, with the connection's lock.
    __slots__ = ("_bound", "_conn", "_name", "_wait")

    def __init__(self, conn: wire.PgConnection, bound: wire.Bound, name: bytes, wait: Wait) -> None:
        self._conn = conn
        self._bound = bound
        self._name = name
        self._wait = wait

    def __enter__(self) -> Iterator[Any]:
        return rows(self._conn, self._bound, _fetching(self._name), self._wait)

    def __exit__(self, *_: object) -> None:
        if wire.is_in_transaction(self._conn):
            self._wait(wire.command(self._conn, b"CLOSE " + self._name))


class AsyncCursor:
    """`Cursor`, awaited."""

    __slots__ = ("_bound", "_conn", "_name", "_wait")

    def __init__(
        self, conn: wire.AsyncPgConnection, bound: wire.Bound, name: bytes, wait: AsyncWait
    ) -> None:
        self._conn = conn
        self._bound = bound
        self._name = name
        self._wait = wait

    async def __aenter__(self) -> AsyncIterator[Any]:
        return rows_async(self._conn, self._bound, _fetching(self._name), self._wait)

    async def __aexit__(self, *_: object) -> None:
        if wire.is_in_transaction(self._conn):
            await self._wait(wire.command(self._conn, b"CLOSE " + self._name))


def declare(
    conn: wire.PgConnection,
    statement: Statement[Any],
    savepoint: AbstractContextManager[object, None],
    wait: Wait,
) -> Cursor:
    """Open a cursor, in a transaction; the savepoint is for where `NotDeclarable` is raised."""
    with savepoint:
        name, bound = wait(wire.declare(conn, statement), statement.query)
    return Cursor(conn, bound, name, wait)


async def declare_async(
    conn: wire.AsyncPgConnection,
    statement: Statement[Any],
    savepoint: AbstractAsyncContextManager[object, None],
    wait: AsyncWait,
) -> AsyncCursor:
    """`declare`, awaited."""
    async with savepoint:
        name, bound = await wait(wire.declare(conn, statement), statement.query)
    return AsyncCursor(conn, bound, name, wait)


def _fetching(name: bytes) -> wire.NextRows:
    return lambda conn, bound, before: wire.fetch_rows(conn, bound, name, before)


@contextmanager
def direct(
    conn: wire.PgConnection, statement: Statement[Any], wait: Wait
) -> Generator[Iterator[Any]]:
    """The rows of a statement as they come; what is left of them is dropped."""
    bound = wait(wire.begin_rows(conn, statement), statement.query)
    try:
        yield rows(conn, bound, wire.next_rows, wait)
    finally:
        wait(wire.drain(conn), statement.query)


@asynccontextmanager
async def direct_async(
    conn: wire.AsyncPgConnection, statement: Statement[Any], wait: AsyncWait
) -> AsyncGenerator[AsyncIterator[Any]]:
    """`direct`, awaited."""
    bound = await wait(wire.begin_rows(conn, statement), statement.query)
    try:
        yield rows_async(conn, bound, wire.next_rows, wait)
    finally:
        await wait(wire.drain(conn), statement.query)


def rows(
    conn: wire.PgConnection, bound: wire.Bound, next_rows: wire.NextRows, wait: Wait
) -> Iterator[Any]:
    """All rows of what has begun, each time waiting for the next ones."""
    read = 0
    while some := wait(next_rows(conn, bound, read), bound.query):
        yield from some
        read += len(some)


async def rows_async(
    conn: wire.AsyncPgConnection, bound: wire.Bound, next_rows: wire.NextRows, wait: AsyncWait
) -> AsyncIterator[Any]:
    """`rows`, awaited."""
    read = 0
    while some := await wait(next_rows(conn, bound, read), bound.query):
        for row in some:
            yield row
        read += len(some)
