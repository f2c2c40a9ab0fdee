"""One statement: sent, answered, and sent again where what was prepared is out of date."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg

from sqlkit.database.driver import check, execute
from sqlkit.database.wire.command import command, pipelined
from sqlkit.database.wire.connection import is_aborted, is_idle
from sqlkit.database.wire.prepare import answered, bind, forget, is_readable, note_digits
from sqlkit.database.wire.stale import is_gone, may_be_stale
from sqlkit.database.wire.told import prepare, sends, telling
from sqlkit.database.wire.transaction import begun
from sqlkit.errors import WrongArgument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.abc import Buffer, PQGen
    from psycopg.pq.abc import PGconn, PGresult

    from sqlkit.database.wire.bound import Bound
    from sqlkit.database.wire.connection import AnyConnection
    from sqlkit.database.wire.told import Telling
    from sqlkit.statement import Statement

# The tags of commands whose effect lasts as long as the session.
_OF_A_SESSION = (b"SET", b"RESET", b"LISTEN", b"LOAD", b"PREPARE", b"DISCARD ALL")
_SET_LOCAL = re.compile(r"\s*set\s+(?:local|transaction)\b", re.IGNORECASE)


def run(conn: AnyConnection, statement: Statement[Any]) -> PQGen[Any]:
    """Run a statement of any kind but ``:copy`` and give its value."""
    variant = statement.variant()
    conn.sent = False
    conn.query = statement.query
    yield from begun(conn)
    if statement.query.kind == "script":
        conn.sent = conn.wrote = True
        note_digits(conn, variant)
        yield from command(conn, conn.profile.before_script + variant.sql.encode())
        note_end(conn)
        return None
    known = conn.bindings.get(variant)
    if known is not None and is_readable(conn, known):
        bound = known
    else:
        bound = yield from bind(conn, variant)
    try:
        result = yield from _send(conn, bound, statement.args)
    except (psycopg.Error, WrongArgument) as error:
        gone = is_gone(conn, error)
        if (known is None and not gone) or not may_be_stale(error):
            raise
        yield from forget(conn, variant)
        if is_aborted(conn):
            raise
        bound = yield from bind(conn, variant)
        result = yield from _send(conn, bound, statement.args)
    note_session(conn, bound, result)
    return (yield from answered(conn, bound, result))


def run_again(conn: AnyConnection, statement: Statement[Any], error: Exception) -> PQGen[Any]:
    """Run a statement that was prepared before, and failed so, once more; or raise the error."""
    is_gone(conn, error)
    yield from forget(conn, statement.variant())
    if is_aborted(conn):
        raise error
    return (yield from run(conn, statement))


def note_session(conn: AnyConnection, bound: Bound, result: PGresult) -> None:
    """Note if what follows in the same session is another's business by now."""
    if not bound.columns and result.command_status in _OF_A_SESSION:
        conn.altered = conn.altered or not _SET_LOCAL.match(bound.variant.sql)
    note_end(conn)


def note_end(conn: AnyConnection) -> None:
    """Note if a statement began or ended a transaction, or the session is another's business."""
    conn.disturbed = conn.altered or conn.pgconn.transaction_status != conn.before


def _send(conn: AnyConnection, bound: Bound, args: Sequence[Any]) -> PQGen[PGresult]:
    sent = bound.encode(args)
    will_send(conn, bound)
    if (told := telling(conn, bound)) is not None:
        try:
            return (yield from _send_limited(conn, bound, sent, told))
        except psycopg.errors.ActiveSqlTransaction as error:
            # It was undone as a whole, so it may be done again, with no company.
            if error.diag.context or not is_idle(conn) or conn.profile.read_only:
                raise
            bound.alone = True
    send_bound(conn.pgconn, bound, sent)
    return check((yield from execute(conn.pgconn)))


def _send_limited(
    conn: AnyConnection, bound: Bound, sent: Sequence[Buffer | None], told: Telling
) -> PQGen[PGresult]:
    yield from prepare(conn, told)
    parts = sends(conn, told.before)
    parts.append(partial(send_bound, conn.pgconn, bound, sent))
    answers = yield from pipelined(conn, parts + sends(conn, told.after))
    return [check(results) for results in answers][len(told.before)]


def will_send(conn: AnyConnection, bound: Bound) -> None:
    """Note that a statement is about to be sent."""
    conn.sent = True
    conn.query = bound.query
    if not bound.only_reads:
        conn.wrote = True


def send_bound(pgconn: PGconn, bound: Bound, sent: Sequence[Buffer | None]) -> None:
    """Send a statement, its arguments being encoded."""
    encoder, format_ = bound.encoder, bound.decoder.format
    if bound.name:
        pgconn.send_query_prepared(bound.name, sent, encoder.formats, format_)
    else:
        sql = bound.variant.sql.encode()
        pgconn.send_query_params(sql, sent, encoder.oids, encoder.formats, format_)
