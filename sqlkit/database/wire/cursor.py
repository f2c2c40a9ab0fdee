"""Rows a few at a time.

What is read so, or copied, is described anew each time: the server would not say that what was
prepared is stale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
from psycopg import pq

from sqlkit.database.driver import check, execute, failure, fetch, fetch_many, is_ok, send
from sqlkit.database.wire.command import command
from sqlkit.database.wire.prepare import describe, new_name
from sqlkit.database.wire.run import will_send
from sqlkit.database.wire.told import for_long

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg.abc import PQGen

    from sqlkit.database.wire.bound import Bound
    from sqlkit.database.wire.connection import AnyConnection
    from sqlkit.statement import Statement

NextRows: TypeAlias = "Callable[[AnyConnection, Bound, int], PQGen[list[Any]]]"
"""Gives the next rows of a statement, having given so many before; none at its end."""

AT_ONCE = 1000
"""Rows that are read before they are given on."""

_SOME_ROWS = (pq.ExecStatus.SINGLE_TUPLE, pq.ExecStatus.TUPLES_CHUNK)
_REFUSED_BY_DECLARE = ("42601", "0A000")


class NotDeclarable(Exception):
    """A statement that DECLARE CURSOR doesn't take: it changes data, or is no query."""


def declare(conn: AnyConnection, statement: Statement[Any]) -> PQGen[tuple[bytes, Bound]]:
    """Open a server-side cursor for a statement; gives its name. Raises `NotDeclarable`."""
    name = new_name()
    bound = yield from describe(conn, statement.variant())
    _send_text(conn, bound, b"DECLARE " + name + b" NO SCROLL CURSOR FOR ", statement.args)
    try:
        check((yield from execute(conn.pgconn)))
    except psycopg.Error as error:
        if error.sqlstate in _REFUSED_BY_DECLARE:
            raise NotDeclarable from error
        raise
    return name, bound


def fetch_rows(conn: AnyConnection, bound: Bound, cursor: bytes, before: int) -> PQGen[list[Any]]:
    """The next rows of a server-side cursor; none when it is at its end."""
    conn.pgconn.send_query_params(
        b"FETCH FORWARD %d FROM %s" % (AT_ONCE, cursor), [], result_format=bound.decoder.format
    )
    return bound.rows(check((yield from execute(conn.pgconn))), before)


def begin_rows(conn: AnyConnection, statement: Statement[Any]) -> PQGen[Bound]:
    """Start a statement whose rows are read as they come, the connection being busy meanwhile."""
    bound = yield from describe(conn, statement.variant())
    if before := for_long(conn):
        yield from command(conn, before)
    _send_text(conn, bound, b"", statement.args)
    conn.chunked = True
    if pq.version() >= 170000:
        conn.pgconn.set_chunked_rows_mode(AT_ONCE)
    else:
        conn.pgconn.set_single_row_mode()
    yield from send(conn.pgconn)
    return bound


def next_rows(conn: AnyConnection, bound: Bound, before: int) -> PQGen[list[Any]]:
    """The next rows of a statement begun with `begin_rows`; none when it is done."""
    result = yield from fetch(conn.pgconn)
    if result is None:
        return []
    if result.status in _SOME_ROWS:
        return bound.rows(result, before)
    yield from fetch_many(conn.pgconn)
    if not is_ok(result):
        raise failure(result)
    return bound.rows(result, before)


def _send_text(conn: AnyConnection, bound: Bound, before: bytes, args: Sequence[Any]) -> None:
    encoder, sent = bound.encoder, bound.encode(args)
    will_send(conn, bound)
    sql = before + bound.variant.sql.encode()
    conn.pgconn.send_query_params(sql, sent, encoder.oids, encoder.formats, bound.decoder.format)
