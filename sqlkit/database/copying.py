"""COPY on one connection, in and out: whole, for a chain, or out of it row by row."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable, Iterable
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg

from sqlkit.database import outcome, values, wire
from sqlkit.database.chunks import chunks
from sqlkit.database.deadline import cancel, cancel_async
from sqlkit.database.streams import rows, rows_async
from sqlkit.policy.deadline import until

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator

    from sqlkit.database.settings import Settings
    from sqlkit.database.wait import AsyncWait, Wait
    from sqlkit.policy.call import Call
    from sqlkit.statement import Statement

T = TypeVar("T")

logger = logging.getLogger("sqlkit")


def attempt_copy(
    conn: wire.PgConnection,
    call: Call,
    statement: Statement[T],
    settings: Settings,
    depth: int,
    wait: Wait,
) -> T:
    """Copy once, ``depth`` transactions deep: see `sqlkit.database.attempt.attempt`."""
    try:
        with until(call.deadline):
            result: T = _copy(conn, statement, depth, wait)
    except BaseException as error:
        raise outcome.failed(call, conn, depth, settings, error)  # noqa: B904
    return result


async def attempt_copy_async(
    conn: wire.AsyncPgConnection,
    call: Call,
    statement: Statement[T],
    settings: Settings,
    depth: int,
    wait: AsyncWait,
) -> T:
    """`attempt_copy`, awaited."""
    try:
        with until(call.deadline):
            result: T = await _copy_async(conn, statement, depth, wait)
    except BaseException as error:
        raise outcome.failed(call, conn, depth, settings, error)  # noqa: B904
    return result


def _copy(conn: wire.PgConnection, statement: Statement[Any], depth: int, wait: Wait) -> Any:
    if statement.query.copy_in is not None:
        return _copy_in(conn, statement, wait)
    with copy_out(conn, statement, depth, wait) as found:
        return list(found)


async def _copy_async(
    conn: wire.AsyncPgConnection, statement: Statement[Any], depth: int, wait: AsyncWait
) -> Any:
    if statement.query.copy_in is not None:
        return await _copy_in_async(conn, statement, wait)
    async with copy_out_async(conn, statement, depth, wait) as found:
        return [row async for row in found]


@contextmanager
def copy_out(
    conn: wire.PgConnection, statement: Statement[Any], depth: int, wait: Wait
) -> Generator[Iterator[Any]]:
    """The rows of a COPY out, as they come."""
    bound = wait(wire.begin_copy_out(conn, statement), statement.query)
    try:
        yield rows(conn, bound, wire.copy_rows, wait)
    finally:
        if depth == 0 and wire.is_busy(conn):
            cancel(conn)
        else:
            # In a transaction a cancel would abort it: the rest is read and dropped.
            wait(wire.drain(conn), statement.query)


@asynccontextmanager
async def copy_out_async(
    conn: wire.AsyncPgConnection, statement: Statement[Any], depth: int, wait: AsyncWait
) -> AsyncGenerator[AsyncIterator[Any]]:
    """`copy_out`, awaited."""
    bound = await wait(wire.begin_copy_out(conn, statement), statement.query)
    try:
        yield rows_async(conn, bound, wire.copy_rows, wait)
    finally:
        if depth == 0 and wire.is_busy(conn):
            await cancel_async(conn)
        else:
            # In a transaction a cancel would abort it: the rest is read and dropped.
            await wait(wire.drain(conn), statement.query)


def _copy_in(conn: wire.PgConnection, statement: Statement[Any], wait: Wait) -> int:
    query = statement.query
    given: Iterable[Any] = statement.args[0]
    values.check_rows(query, given, Iterable)
    copy = wait(wire.begin_copy_in(conn, statement), query)
    try:
        waiting = iter(given)
        while chunk := list(islice(waiting, wire.AT_ONCE)):
            if data := copy.write(chunk):
                wait(wire.send_copy(conn, data), query)
        wait(wire.send_copy(conn, copy.finish()), query)
    except BaseException as error:
        _call_off(conn, type(error).__name__, wait)
        raise
    return wait(wire.end_copy_in(conn), query)


async def _copy_in_async(
    conn: wire.AsyncPgConnection, statement: Statement[Any], wait: AsyncWait
) -> int:
    query = statement.query
    values.check_rows(query, statement.args[0], Iterable, AsyncIterable)
    given: Iterable[Any] | AsyncIterable[Any] = statement.args[0]
    copy = await wait(wire.begin_copy_in(conn, statement), query)
    try:
        async for chunk in chunks(given, wire.AT_ONCE):
            if data := copy.write(chunk):
                await wait(wire.send_copy(conn, data), query)
        await wait(wire.send_copy(conn, copy.finish()), query)
    except BaseException as error:
        await _call_off_async(conn, type(error).__name__, wait)
        raise
    return await wait(wire.end_copy_in(conn), query)


def _call_off(conn: wire.PgConnection, reason: str, wait: Wait) -> None:
    try:
        wait(wire.end_copy_in(conn, reason))
    except psycopg.Error:
        logger.debug("copy called off: %s", reason)


async def _call_off_async(conn: wire.AsyncPgConnection, reason: str, wait: AsyncWait) -> None:
    try:
        await wait(wire.end_copy_in(conn, reason))
    except psycopg.Error:
        logger.debug("copy called off: %s", reason)
