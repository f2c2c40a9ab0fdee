"""Many statements in one round trip."""

from __future__ import annotations

from functools import partial
from itertools import groupby, islice, repeat
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import psycopg

from sqlkit.database import values
from sqlkit.database.control import ends_transaction
from sqlkit.database.driver import check, failure, is_ok
from sqlkit.database.wire.command import command, pipelined
from sqlkit.database.wire.note import note
from sqlkit.database.wire.prepare import answered, bind, forget, note_digits
from sqlkit.database.wire.run import send_bound, will_send
from sqlkit.database.wire.stale import is_gone, may_be_stale
from sqlkit.database.wire.told import NOTHING, prepare, sends, telling
from sqlkit.errors import WrongArgument, WrongKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from psycopg.abc import Buffer, PQGen
    from psycopg.pq.abc import PGconn, PGresult

    from sqlkit.database.wire.bound import Bound
    from sqlkit.database.wire.connection import AnyConnection
    from sqlkit.statement import Query, Statement, Variant

    _Call: TypeAlias = tuple[Bound, Sequence[Buffer | None]]
    """What a statement is bound to, and its arguments as they are sent."""


T = TypeVar("T")

_AT_ONCE = 200
_ENDS = (
    "it would end the transaction that the batch is, and what comes after it would stand by itself"
)


def batches(
    conn: AnyConnection, statements: Iterable[Statement[T]]
) -> Iterator[list[Statement[T]]]:
    """The statements of a batch, as many at a time as are sent before their answers are read.

    Raises `WrongKind` and `WrongArgument` for what can't be in one.
    """
    waiting = iter(statements)
    # An iterator that raises has given away some of its statements: a second attempt would lack
    # them. One that gives none has not.
    conn.sent = True
    chunk = list(islice(waiting, _AT_ONCE))
    conn.sent = bool(chunk)
    while chunk:
        values.check_batch(chunk)
        yield chunk
        chunk = list(islice(waiting, _AT_ONCE))


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
    calls: list[_Call] = []
    groups = [(variant, list(alike)) for variant, alike in groupby(statements, _variant)]
    for variant, _ in groups:
        if ends_transaction(variant.sql):
            raise WrongKind(f"{variant.query.name}: {_ENDS}")
        if variant not in conn.bindings:
            note_digits(conn, variant)  # before another is bound, which would be bound anew
    for variant, alike in groups:
        bound = yield from _bind(conn, variant)
        will_send(conn, bound)
        calls += zip(repeat(bound), bound.encode_all([statement.args for statement in alike]))
    results = yield from _results(conn, calls)
    answers: list[Any] = []
    for (bound, _), result in zip(calls, results, strict=True):
        if not is_ok(result):
            raise _noted(bound.query, result)
        if bound.is_fixed:
            answers.append(bound.value(result))
        else:
            answers.append((yield from answered(conn, bound, result)))
    return answers


def _variant(statement: Statement[Any]) -> Variant:
    return statement.variant()


def _bind(conn: AnyConnection, variant: Variant) -> PQGen[Bound]:
    try:
        return (yield from bind(conn, variant))
    except psycopg.Error as error:
        note(error, variant.query)
        raise


def _results(conn: AnyConnection, calls: Sequence[_Call]) -> PQGen[list[PGresult]]:
    told = telling(conn) or NOTHING
    yield from prepare(conn, told)
    parts = sends(conn, told.before)
    parts.append(partial(_send, conn.pgconn, calls))
    answers = yield from pipelined(conn, parts + sends(conn, told.after))
    for results in answers[: len(told.before)]:
        check(results)
    return [results[-1] for results in answers[len(told.before) :][: len(calls)]]


def _send(pgconn: PGconn, calls: Sequence[_Call]) -> None:
    for bound, sent in calls:
        send_bound(pgconn, bound, sent)


def _noted(query: Query[Any], result: PGresult) -> psycopg.Error:
    error = failure(result)
    note(error, query)
    return error
