"""The short way of a statement: prepared before, with nothing to be told first.

That is how nearly all calls go. What they do here they'd do in `run` too, in more steps; so
whatever is out of the ordinary goes there.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from psycopg import pq

from sqlkit.database.driver import check
from sqlkit.database.wire.prepare import is_readable
from sqlkit.database.wire.run import note_session, send_bound
from sqlkit.database.wire.told import at_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.abc import Buffer
    from psycopg.pq.abc import PGresult

    from sqlkit.database.wire.bound import Bound
    from sqlkit.database.wire.connection import AnyConnection
    from sqlkit.statement import Query

_TUPLES_OK = pq.ExecStatus.TUPLES_OK
_IDLE = pq.TransactionStatus.IDLE
_INTRANS = pq.TransactionStatus.INTRANS


def ready(conn: AnyConnection, query: Query[Any], args: Sequence[Any], left: float) -> Bound | None:
    """What a statement is bound to, if it can be sent at once, with so many seconds left.

    And if what it gives is sure, which it isn't where nothing stays prepared.
    """
    conn.before = conn.pgconn.transaction_status
    if conn.pending and conn.before == _IDLE:
        conn.before = _INTRANS
    else:
        conn.pending = b""
    conn.telling = None
    conn.disturbed = False  # `value` looks, but not at what gives rows: that can't
    bound = conn.bindings.get(query.only or query.variant(args))
    if bound is None or not bound.is_planned or (bound.styled and not is_readable(conn, bound)):
        return None
    if left < conn.enough or query.timeout is not None:
        conn.telling = at_once(conn, left, query.timeout)
        if conn.telling is None or conn.pending or bound.alone:
            return None
    return None if conn.chunked else bound


def send(conn: AnyConnection, bound: Bound, args: Sequence[Any], left: float) -> None:
    """Send it, with what comes before it; `driver.answered` waits for the answer.

    Raises `WrongArgument`.
    """
    sent = bound.encode(args)
    conn.sent = True
    conn.query = bound.query
    if not bound.only_reads:
        conn.wrote = True
    if conn.pending or conn.telling is not None:
        _send_after(conn, bound, sent, left)
    else:
        conn.ends = monotonic() + conn.profile.timeout
        encoder, format_ = bound.encoder, bound.decoder.format
        conn.pgconn.send_query_prepared(bound.name, sent, encoder.formats, format_)


def _send_after(
    conn: AnyConnection, bound: Bound, sent: Sequence[Buffer | None], left: float
) -> None:
    """Send it with BEGIN before it, or with what tells its limit."""
    pgconn = conn.pgconn
    pgconn.enter_pipeline_mode()
    if conn.telling is None:
        conn.ends = monotonic() + conn.profile.timeout
        pgconn.send_query_params(conn.pending, [])
    else:
        conn.ends = monotonic() + left
        pgconn.send_query_prepared(*conn.telling)
    send_bound(pgconn, bound, sent)
    pgconn.pipeline_sync()


def value(conn: AnyConnection, bound: Bound, results: list[PGresult]) -> Any:
    """What the answer says. Raises the server's error, or what `Bound.value` does.

    An `UnreadableValue` of what isn't `Bound.is_fixed` may be one that `answered` can read.
    """
    conn.pending = b""
    result = results[-1] if results else None
    if result is None or result.status != _TUPLES_OK:
        result = check(results)
        note_session(conn, bound, result)
    return bound.value(result)
