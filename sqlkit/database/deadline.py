"""Waiting for a connection's generator until a deadline, and what happens when it passes.

The server ends a statement by itself, having been told how long it may take: see
`sqlkit.database.limit`. What it doesn't end the client cancels, as at Ctrl-C and when a task is
cancelled; the connection is kept if the server says so in time, else it is closed, since what it
would still send belongs to nobody.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg

from sqlkit.database import driver, wire
from sqlkit.errors import DeadlineExceeded
from sqlkit.policy.deadline import current

if TYPE_CHECKING:
    from psycopg.abc import PQGen

    from sqlkit.statement import Query

T = TypeVar("T")

# Seconds that the server is given to take a cancel, and again to acknowledge it.
_GRACE = 0.4

_INTERRUPTIONS = (KeyboardInterrupt, SystemExit, asyncio.CancelledError)


def left(seconds: float, deadline: float) -> float:
    """The seconds that a wait may take: so many, and not beyond any deadline.

    Raises `DeadlineExceeded` if one has passed already.
    """
    now = time.monotonic()
    found = min(seconds, min(deadline, current()) - now)
    if found <= 0:
        raise DeadlineExceeded("the deadline had passed before anything was sent")
    return found


def waited(
    conn: wire.PgConnection, gen: PQGen[T], seconds: float, query: Query[Any] | None = None
) -> T:
    """Run a generator for so many seconds. Raises psycopg's errors, `driver.WaitTimeout` too."""
    return driver.waited(conn, gen, wire.allow(conn, seconds, query))


async def waited_async(
    conn: wire.AsyncPgConnection, gen: PQGen[T], seconds: float, query: Query[Any] | None = None
) -> T:
    """`waited`, awaited."""
    return await driver.waited_async(conn, gen, wire.allow(conn, seconds, query))


def wait(
    conn: wire.PgConnection,
    gen: PQGen[T],
    seconds: float,
    query: Query[Any] | None = None,
) -> T:
    """Run a generator on a connection, for so many seconds at most.

    Raises `DeadlineExceeded`. An error of psycopg's is given a note that names the query.
    """
    with conn.lock:
        return wait_alone(conn, gen, seconds, query)


async def wait_async(
    conn: wire.AsyncPgConnection,
    gen: PQGen[T],
    seconds: float,
    query: Query[Any] | None = None,
) -> T:
    """`wait`, awaited."""
    async with conn.lock:
        return await wait_alone_async(conn, gen, seconds, query)


def wait_alone(
    conn: wire.PgConnection, gen: PQGen[T], seconds: float, query: Query[Any] | None
) -> T:
    """`wait`, on a connection that nobody else has, or whose lock is the caller's."""
    try:
        return waited(conn, gen, seconds, query)
    except BaseException as error:
        raise ended(conn, error, seconds, query)  # noqa: B904 # the same error, or of it


async def wait_alone_async(
    conn: wire.AsyncPgConnection, gen: PQGen[T], seconds: float, query: Query[Any] | None
) -> T:
    """`wait_alone`, awaited."""
    try:
        return await waited_async(conn, gen, seconds, query)
    except BaseException as error:
        raise await ended_async(conn, error, seconds, query)  # noqa: B904


def ended(
    conn: wire.PgConnection, error: BaseException, seconds: float, query: Query[Any] | None
) -> BaseException:
    """The error to raise where a wait ended in one; nothing is under way any more then."""
    if _must_cancel(conn, error):
        cancel(conn)
    return _raised(conn, error, seconds, query)


async def ended_async(
    conn: wire.AsyncPgConnection, error: BaseException, seconds: float, query: Query[Any] | None
) -> BaseException:
    """`ended`, awaited."""
    if _must_cancel(conn, error):
        await cancel_async(conn)
    return _raised(conn, error, seconds, query)


def _must_cancel(conn: wire.AnyConnection, error: BaseException) -> bool:
    """Whether an error leaves the server working on what nobody waits for any more."""
    if isinstance(error, driver.WaitTimeout):
        return True
    return isinstance(error, _INTERRUPTIONS) and wire.is_busy(conn)


def _raised(
    conn: wire.AnyConnection, error: BaseException, seconds: float, query: Query[Any] | None
) -> BaseException:
    """The error to raise where a wait ended in one."""
    late = isinstance(error, driver.WaitTimeout)
    if late or (isinstance(error, psycopg.Error) and wire.is_ended_by_limit(conn, error)):
        exceeded = _exceeded(query, seconds)
        exceeded.__cause__ = error
        return exceeded
    if isinstance(error, psycopg.Error) and query is not None:
        wire.note(error, query)
    return error


def cancel(conn: wire.PgConnection) -> None:
    """Stop what the server does for this connection; close it where that can't be known."""
    try:
        conn.cancel_safe(timeout=_GRACE)
        driver.waited(conn, wire.drain(conn), _GRACE)
    except psycopg.Error:
        pass
    finally:
        if wire.is_busy(conn):
            wire.finish(conn)


async def cancel_async(conn: wire.AsyncPgConnection) -> None:
    """`cancel`, awaited."""
    try:
        await conn.cancel_safe(timeout=_GRACE)
        await driver.waited_async(conn, wire.drain(conn), _GRACE)
    except psycopg.Error:
        pass
    finally:
        if wire.is_busy(conn):
            wire.finish(conn)


def _exceeded(query: Query[Any] | None, seconds: float) -> DeadlineExceeded:
    what = query.name if query is not None else "a command"
    return DeadlineExceeded(f"{what}: no answer within {round(seconds, 3):g} s")
