"""A psycopg connection that remembers what it prepared, and in which state it is."""

from __future__ import annotations

import math
import os
import select
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
from psycopg import pq

from sqlkit.database.driver import late
from sqlkit.database.profile import Profile
from sqlkit.database.reader import Reader
from sqlkit.database.types import Types
from sqlkit.database.types.formats import DATES, FLOATS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlkit.database.wire.bound import Bound
    from sqlkit.statement import Query, Variant

_ACTIVE = pq.TransactionStatus.ACTIVE
_INERROR = pq.TransactionStatus.INERROR
_INTRANS = pq.TransactionStatus.INTRANS
_IDLE = pq.TransactionStatus.IDLE


class Memory:
    """What the driver knows of a connection, besides what it prepared.

    ``sent``: a statement of the current call is on its way, or was. ``wrote``: the transaction may
    have changed something. ``query``: whose statement is on it, or was last. ``profile``: how it is
    set up. ``in_force``: seconds after which the server ends a statement, if it is told nothing
    else; ``enough``: those that a call must have left for that. ``chunked``: rows were read in
    chunks just now. ``altered``: the session isn't what it was. ``disturbed``: by the end of
    the last statement it wasn't, or that began or ended a transaction. ``rounds``: it may write
    floats with fewer digits than they have. ``before``: the transaction status when the statement
    was about to be sent. ``pending``: the command that begins the transaction, to be sent with
    what comes first in it, and again until one has begun. ``telling``: what tells the limit of the
    statement that is about to be sent, in front of it.

    Of a wait: ``until``, the moment by which it must end; ``latest``, that of the block of
    `sqlkit.deadline`; ``own``, what its query says by ``@timeout``; ``ends``, the moment at which
    the server ends it by itself.
    """

    profile: Profile = Profile()
    in_force: float = math.inf
    enough: float = math.inf
    until: float = math.inf
    latest: float = math.inf
    own: float | None = None
    ends: float = math.inf
    chunked: bool = False
    altered: bool = False
    disturbed: bool = False
    rounds: bool = False
    before: int = _IDLE
    pending: bytes = b""
    telling: tuple[bytes, list[bytes]] | None = None
    sent: bool = False
    wrote: bool = False
    query: Query[Any] | None = None

    # What its pool knows of it, as moments of `time.monotonic`: when it worked last, and when it is
    # to be replaced. ``news(0)`` gives something if the other side has sent what nobody asked for.
    # ``backend``: the id of the server's process.
    backend: int = 0
    used: float = 0.0
    expires: float = math.inf
    news: Callable[[int], Sequence[Any]]


class PgConnection(Memory, psycopg.Connection[Any]):
    """A psycopg connection that remembers what it prepared."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bindings: dict[Variant, Bound] = {}
        self.prepared: dict[str, bytes] = {}
        self.types = Types()


class AsyncPgConnection(Memory, psycopg.AsyncConnection[Any]):
    """An async psycopg connection that remembers what it prepared."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bindings: dict[Variant, Bound] = {}
        self.prepared: dict[str, bytes] = {}
        self.types = Types()
        self.reader = Reader(late)

    async def wait(self, *args: Any, **kwargs: Any) -> Any:
        """As psycopg's own methods wait: they register the socket themselves."""
        self.reader.leave()
        return await super().wait(*args, **kwargs)

    async def close(self) -> None:
        """Close the connection."""
        self.reader.leave()
        await super().close()

    def __del__(self, *args: Any) -> None:
        self.reader.leave()
        super().__del__(*args)


AnyConnection: TypeAlias = "PgConnection | AsyncPgConnection"


def is_idle(conn: AnyConnection) -> bool:
    """Whether the connection is in no transaction."""
    return conn.pgconn.transaction_status == _IDLE


def was_idle(conn: AnyConnection) -> bool:
    """Whether it was in no transaction before the last statement."""
    return conn.before == _IDLE


def is_busy(conn: AnyConnection) -> bool:
    """Whether the connection is in the middle of a command."""
    return conn.pgconn.transaction_status == _ACTIVE or bool(conn.pgconn.pipeline_status)


def is_in_transaction(conn: AnyConnection) -> bool:
    """Whether the connection is in a transaction, between two commands."""
    return conn.pgconn.transaction_status == _INTRANS


def is_aborted(conn: AnyConnection) -> bool:
    """Whether an error has aborted the connection's transaction."""
    return conn.pgconn.transaction_status == _INERROR


def unsure(conn: AnyConnection) -> frozenset[str]:
    """The types that the session may write otherwise than they are read.

    Of a change of its DateStyle the server tells, but not of one of its extra_float_digits.
    """
    is_iso = (conn.pgconn.parameter_status(b"DateStyle") or b"").startswith(b"ISO")
    dates = frozenset[str]() if is_iso else DATES
    return dates | FLOATS if conn.rounds or conn.altered else dates


def finish(conn: AnyConnection) -> None:
    """Close a connection at once; its pool will replace it."""
    if isinstance(conn, AsyncPgConnection):
        conn.reader.leave()
    conn.pgconn.finish()


def disown(conn: AnyConnection) -> None:
    """Close a forked child's end of a connection; the server, and the parent, notice nothing."""
    with suppress(psycopg.OperationalError), Path(os.devnull).open("r+b", buffering=0) as null:
        os.dup2(null.fileno(), conn.fileno())  # what libpq says on leaving is said to nobody
    if isinstance(conn, AsyncPgConnection):
        conn.reader.forget()
    conn.pgconn.finish()


def news(conn: AnyConnection) -> Callable[[int], Sequence[Any]]:
    """Tells within so many milliseconds whether there is something to read from a connection.

    On one that is idle that is the end of it, or else a notice or notification.
    """
    socket = conn.fileno()
    if not hasattr(select, "poll"):  # Windows
        return lambda ms: select.select([socket], [], [], ms / 1000)[0]
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return poll.poll


def accepts(conninfo: str) -> bool:
    """Whether a server is there that accepts connections, if not this one. It may take seconds.

    PostgreSQL manual, 34.1 "Database Connection Control Functions": PQping.
    """
    return pq.PGconn.ping(conninfo.encode()) == pq.Ping.OK
