"""Reads of many callers on one connection, a batch of them at a time, ended by a Sync.

Nothing here waits: who sends looks afterwards whether some of it is left, and who is told by the
event loop that something has arrived takes what there is. PostgreSQL manual, 34.5 "Pipeline Mode".
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
from psycopg import pq

from sqlkit.database.wire.prepare import bind, forget

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg.abc import Buffer, PQGen
    from psycopg.pq.abc import PGresult

    from sqlkit.database.wire.bound import Bound
    from sqlkit.database.wire.connection import AsyncPgConnection
    from sqlkit.statement import Variant

ROWS = pq.ExecStatus.TUPLES_OK
FAILED = pq.ExecStatus.FATAL_ERROR
SYNC = pq.ExecStatus.PIPELINE_SYNC


def enter_pipeline(conn: AsyncPgConnection) -> None:
    """From now on, send batches."""
    conn.pgconn.enter_pipeline_mode()


def leave_pipeline(conn: AsyncPgConnection) -> None:
    """Make the connection an ordinary one again, if nothing is under way on it."""
    with suppress(psycopg.OperationalError):
        conn.pgconn.exit_pipeline_mode()


def add(conn: AsyncPgConnection, bound: Bound, sent: Sequence[Buffer | None]) -> None:
    """Put a statement that was prepared into the batch, its arguments being encoded."""
    formats, format_ = bound.encoder.formats, bound.decoder.format
    conn.pgconn.send_query_prepared(bound.name, sent, formats, format_)


def end_batch(conn: AsyncPgConnection) -> bool:
    """Send the batch with a Sync; whether some of it is left for `flush`."""
    conn.pgconn.pipeline_sync()
    return flush(conn)


def flush(conn: AsyncPgConnection) -> bool:
    """Send what was left; whether some of it still is."""
    return bool(conn.pgconn.flush())


def answers(conn: AsyncPgConnection) -> Iterator[PGresult]:
    """What has arrived by now, the Sync included. Raises psycopg.OperationalError."""
    pgconn = conn.pgconn
    pgconn.consume_input()
    is_busy, get_result = pgconn.is_busy, pgconn.get_result
    while not is_busy() and (result := get_result()) is not None:
        yield result
        if result.status != SYNC:
            get_result()  # the end of an answer, which is none


def sqlstate(result: PGresult) -> str:
    """The code of an error."""
    return (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()


def bind_anew(conn: AsyncPgConnection, variant: Variant) -> PQGen[Bound]:
    """Prepare a text, also if it is prepared; outside a pipeline."""
    yield from forget(conn, variant)
    return (yield from bind(conn, variant))
