"""Ends a connection at once, in whatever state it is, and without an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.pq import TransactionStatus

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn


def finish(pgconn: PGconn) -> None:
    """Roll back and disconnect, so that no lock outlives this call.

    A statement still under way, abandoned by its test, is cancelled.
    """
    if pgconn.transaction_status == TransactionStatus.ACTIVE:
        pgconn.get_cancel().cancel()
        while pgconn.get_result() is not None:
            pass
    if pgconn.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
        pgconn.exec_(b"ROLLBACK")
    pgconn.finish()
