"""One attempt at a statement on one connection, for a chain that decides about its errors.

Nearly all go the short way: the statement is prepared, the server need be told nothing, and the
answer is read as it comes. Whatever else goes the long way, and so does a second time what failed
because it was prepared before a change of the schema.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg

from sqlkit.database import driver, outcome, stray, values, wire
from sqlkit.database.deadline import (
    ended,
    ended_async,
    left,
    wait_alone,
    wait_alone_async,
)
from sqlkit.database.limit import PATIENCE
from sqlkit.errors import UnreadableValue, WrongArgument

if TYPE_CHECKING:
    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGresult

    from sqlkit.database.settings import Settings
    from sqlkit.policy.call import Call
    from sqlkit.statement import Statement

T = TypeVar("T")


def attempt(
    conn: wire.PgConnection,
    call: Call,
    statement: Statement[T],
    settings: Settings,
    depth: int = 0,
) -> T:
    """Run a statement, ``depth`` transactions deep, on a connection that nobody else has now.

    Raises `CommitUnknown` for what may stand, else the server's error, `DeadlineExceeded`, and what
    arguments and rows are refused with.
    """
    result: T
    query, args = statement.query, statement.args
    try:
        allowed = settings.timeout if query.timeout is None else query.timeout
        seconds = min(allowed, call.deadline - monotonic())
        bound = wire.ready(conn, query, args, seconds)
        if bound is None:
            rest = wire.run(conn, statement)
            result = wait_alone(conn, rest, _left(call, statement, settings), query)
        else:
            results: list[PGresult] = []
            try:
                wire.send(conn, bound, args, seconds)
                results = driver.answered(conn, seconds + PATIENCE)
                result = wire.value(conn, bound, results)
            except BaseException as error:
                raised = ended(conn, error, seconds, query)
                rest = _rest(conn, statement, bound, results, raised)
                result = wait_alone(conn, rest, _left(call, statement, settings), query)
        if conn.disturbed:
            stray.check(call, conn)
    except BaseException as error:
        settings.backends.report_deadlock(conn, error, settings.name)
        raise outcome.failed(call, conn, depth, settings, error)  # noqa: B904
    return result


async def attempt_async(
    conn: wire.AsyncPgConnection,
    call: Call,
    statement: Statement[T],
    settings: Settings,
    depth: int = 0,
) -> T:
    """`attempt`, awaited."""
    result: T
    query, args = statement.query, statement.args
    try:
        allowed = settings.timeout if query.timeout is None else query.timeout
        seconds = min(allowed, call.deadline - monotonic())
        bound = wire.ready(conn, query, args, seconds)
        if bound is None:
            rest = wire.run(conn, statement)
            result = await wait_alone_async(conn, rest, _left(call, statement, settings), query)
        else:
            results: list[PGresult] = []
            try:
                wire.send(conn, bound, args, seconds)
                results = await driver.answered_async(conn, seconds + PATIENCE)
                result = wire.value(conn, bound, results)
            except BaseException as error:
                raised = await ended_async(conn, error, seconds, query)
                rest = _rest(conn, statement, bound, results, raised)
                result = await wait_alone_async(conn, rest, _left(call, statement, settings), query)
        if conn.disturbed:
            stray.check(call, conn)
    except BaseException as error:
        settings.backends.report_deadlock(conn, error, settings.name)
        raise outcome.failed(call, conn, depth, settings, error)  # noqa: B904
    return result


def _left(call: Call, statement: Statement[Any], settings: Settings) -> float:
    return left(values.seconds(statement.query, settings.timeout), call.deadline)


def _rest(
    conn: wire.AnyConnection,
    statement: Statement[Any],
    bound: wire.Bound,
    results: list[PGresult],
    error: BaseException,
) -> PQGen[Any]:
    """What may help where the short way ended in an error; raises the error if nothing does."""
    if isinstance(error, UnreadableValue) and not bound.is_fixed:
        return wire.answered(conn, bound, results[-1])
    if isinstance(error, (psycopg.Error, WrongArgument)) and wire.may_be_stale(error):
        return wire.run_again(conn, statement, error)
    raise error
