"""Commands without parameters, and many commands in one round trip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import pq

from sqlkit.database import driver
from sqlkit.database.driver import check, copy_data, copy_end, execute, fetch_many, send
from sqlkit.database.wire.connection import is_busy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGresult

    from sqlkit.database.wire.connection import AnyConnection


def command(conn: AnyConnection, sql: bytes) -> PQGen[bytes]:
    """Send text without parameters, of one or several statements; gives the last one's tag."""
    conn.pgconn.send_query(sql)
    return check((yield from execute(conn.pgconn))).command_status or b""


def pipelined(
    conn: AnyConnection, sends: Sequence[Callable[[], None]]
) -> PQGen[list[list[PGresult]]]:
    """Send in one round trip, and give the results of each; an error of the end comes last."""
    if is_busy(conn):
        raise psycopg.OperationalError("another command is already in progress")
    if conn.chunked:
        # libpq takes the first command of a pipeline for one whose rows are wanted in chunks too.
        yield from command(conn, b"")
        conn.chunked = False
    return (yield from driver.pipelined(conn.pgconn, sends))


def drain(conn: AnyConnection) -> PQGen[None]:
    """Read and drop what the server still sends, after a cancel or at the end of a stream."""
    yield from send(conn.pgconn)  # what an interruption may have kept back
    silent = 0
    while is_busy(conn) and silent < 2:
        results = yield from fetch_many(conn.pgconn)
        silent = 0 if results else silent + 1
        for result in results:
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                conn.pgconn.exit_pipeline_mode()
            elif result.status == pq.ExecStatus.COPY_OUT:
                while (yield from copy_data(conn.pgconn)) is not None:
                    pass
            elif result.status == pq.ExecStatus.COPY_IN:
                yield from copy_end(conn.pgconn, b"given up")
