"""What is said to begin a transaction, and asked about one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.database.driver import check, execute
from sqlkit.database.wire.command import command
from sqlkit.database.wire.connection import is_idle

if TYPE_CHECKING:
    from psycopg.abc import PQGen

    from sqlkit.database.wire.connection import AnyConnection


def begin(conn: AnyConnection, sql: bytes) -> PQGen[None]:
    """Begin a transaction in which nothing has been sent yet."""
    begin_later(conn, sql)
    try:
        yield from begun(conn)
    finally:
        conn.pending = b""


def begin_later(conn: AnyConnection, sql: bytes) -> None:
    """Begin a transaction with what is said in it first; if nothing is, it never begins."""
    conn.sent = conn.wrote = False
    conn.pending = sql


def begun(conn: AnyConnection) -> PQGen[None]:
    """Begin the transaction that is to begin, if there is one."""
    if conn.pending and is_idle(conn):
        conn.sent = True
        yield from command(conn, conn.profile.begin(conn.pending, conn.in_force))
    conn.pending = b""


def never_began(conn: AnyConnection) -> bool:
    """Whether the transaction at whose end we are has not begun; nor will it any more."""
    was_pending, conn.pending = bool(conn.pending), b""
    return was_pending and is_idle(conn)


def transaction_id(conn: AnyConnection) -> PQGen[str | None]:
    """The id of the transaction, by which its outcome can be asked; None if it changed nothing.

    PostgreSQL manual, 9.27.9 "Transaction ID and Snapshot Information Functions".
    """
    return (yield from _ask(conn, b"SELECT pg_current_xact_id_if_assigned()::text"))


def transaction_status(conn: AnyConnection, xid: str) -> PQGen[str | None]:
    """What became of a transaction: ``in progress``, ``committed``, ``aborted``; None: too old."""
    return (yield from _ask(conn, b"SELECT pg_xact_status($1::text::xid8)", xid.encode()))


def end_abandoned(conn: AnyConnection, xid: str) -> PQGen[None]:
    """End the session that has a transaction open and waits for what its client sends next.

    One that is working on its COMMIT is left alone. PostgreSQL manual, 9.28.2 "Server Signaling
    Functions".
    """
    yield from _ask(
        conn,
        b"SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity"
        b" WHERE backend_xid = $1::text::xid8::xid AND state = 'idle in transaction'",
        xid.encode(),
    )


def _ask(conn: AnyConnection, sql: bytes, *args: bytes) -> PQGen[str | None]:
    conn.pgconn.send_query_params(sql, args)
    value = check((yield from execute(conn.pgconn))).get_value(0, 0)
    return None if value is None else value.decode()
