"""Generators that send what libpq has to send, and read what it gets. Nothing here waits.

A generator says what it waits for, and is told what the socket is ready for, or 0. PostgreSQL
manual, 34.4 "Asynchronous Command Processing".
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from psycopg import DatabaseError, pq

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import TypeAlias, TypeVar

    from psycopg.pq.abc import PGconn, PGresult

    T = TypeVar("T")
    PQGen: TypeAlias = Generator[int, int, T]


class Wait(IntEnum):
    """What a generator waits for: to read, to write, or either."""

    R, W, RW = 1, 2, 3


_LAST = (
    pq.ExecStatus.COPY_IN,
    pq.ExecStatus.COPY_OUT,
    pq.ExecStatus.COPY_BOTH,
    pq.ExecStatus.PIPELINE_SYNC,
)


def send(pgconn: PGconn) -> PQGen[None]:
    """Send what is to be sent; what arrives meanwhile is taken, lest the server wait for us."""
    while pgconn.flush():
        ready = yield Wait.RW
        if ready & Wait.R:
            pgconn.consume_input()


def execute(pgconn: PGconn) -> PQGen[list[PGresult]]:
    """Send the command, and give its results."""
    yield from send(pgconn)
    return (yield from fetch_many(pgconn))


def fetch_many(pgconn: PGconn) -> PQGen[list[PGresult]]:
    """The results of the next command; also if the server has left after an error, its last."""
    results: list[PGresult] = []
    try:
        while (result := (yield from fetch(pgconn))) is not None:
            results.append(result)
            # What begins a copy would be given without end; what ends a pipeline ends this.
            if result.status in _LAST:
                break
    except DatabaseError:
        if not results or results[-1].status != pq.ExecStatus.FATAL_ERROR:
            raise
    return results


def fetch(pgconn: PGconn) -> PQGen[PGresult | None]:
    """The next result of the command; None at the end."""
    while pgconn.is_busy():
        if (yield Wait.R):
            pgconn.consume_input()
    take_notifications(pgconn)
    return pgconn.get_result()


def take_notifications(pgconn: PGconn) -> None:
    """Hand on those that came with an answer: libpq would keep them until the next ones come."""
    while (notification := pgconn.notifies()) is not None:
        if pgconn.notify_handler is not None:
            pgconn.notify_handler(notification)
