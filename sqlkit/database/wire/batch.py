"""Many statements in one round trip."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg

from sqlkit.database.driver import check, failure, is_ok
from sqlkit.database.wire.command import command, pipelined
from sqlkit.database.wire.note import note
from sqlkit.database.wire.prepare import answered, bind, forget, is_readable
from sqlkit.database.wire.run import send_bound, will_send
from sqlkit.database.wire.stale import is_gone, may_be_stale
from sqlkit.database.wire.told import NOTHING, prepare, sends, telling
from sqlkit.errors import WrongArgument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.abc import Buffer, PQGen
    from psycopg.pq.abc import PGresult

    from sqlkit.database.wire.bound import Bound
    from sqlkit.database.wire.connection import AnyConnection
    from sqlkit.statement import Query, Statement


def batch(
    conn: AnyConnection, statements: Sequence[Statement[Any]], undo: bytes | None
) -> PQGen[list[Any]]:
    """Run statements in one pipeline, inside a transaction, and give their values in order.

    ``undo``, where there is one, is the command that undoes all of it, for a second attempt after
    a change of the schema.
    """
    is_known = any(s.variant() in conn.bindings for s in statements)
    try:
        return (yield from _batch(conn, statements))
    except (psycopg.Error, WrongArgument) as error:
        gone = is_gone(conn, error)
        if undo is None or not (is_known or gone) or not may_be_stale(error):
            raise
    for statement in statements:
        yield from forget(conn, statement.variant())
    yield from command(
        conn, conn.profile.begin(undo, conn.in_force) if undo.endswith(b"BEGIN") else undo
    )
    return (yield from _batch(conn, statements))


def _batch(conn: AnyConnection, statements: Sequence[Statement[Any]]) -> PQGen[list[Any]]:
    calls: list[tuple[Bound, Sequence[Buffer | None]]] = []
    for statement in statements:
        variant = statement.variant()
        bound = conn.bindings.get(variant)
        if bound is None or not is_readable(conn, bound):
            bound = yield from _bind(conn, statement)
        else:  # to the end: what is bound next must not push it out
            conn.bindings[variant] = conn.bindings.pop(variant)
        calls.append((bound, bound.encode(statement.args)))
        will_send(conn, bound)
    results = yield from _results(conn, calls)
    answers: list[Any] = []
    for (bound, _), result in zip(calls, results, strict=True):
        if not is_ok(result):
            raise _noted(bound.query, result)
        answers.append((yield from answered(conn, bound, result)))
    return answers


def _bind(conn: AnyConnection, statement: Statement[Any]) -> PQGen[Bound]:
    try:
        return (yield from bind(conn, statement.variant()))
    except psycopg.Error as error:
        note(error, statement.query)
        raise


def _results(
    conn: AnyConnection, calls: Sequence[tuple[Bound, Sequence[Buffer | None]]]
) -> PQGen[list[PGresult]]:
    told = telling(conn) or NOTHING
    yield from prepare(conn, told)
    parts = sends(conn, told.before)
    parts += [partial(send_bound, conn.pgconn, *call) for call in calls]
    answers = yield from pipelined(conn, parts + sends(conn, told.after))
    for results in answers[: len(told.before)]:
        check(results)
    return [results[-1] for results in answers[len(told.before) :][: len(calls)]]


def _noted(query: Query[Any], result: PGresult) -> psycopg.Error:
    error = failure(result)
    note(error, query)
    return error
