"""What the server is told before a statement, in the same round trip: how long it may take.

What the texts say is in `sqlkit.database.limit`.
"""

from __future__ import annotations

import math
import time
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import psycopg

from sqlkit.database import limit
from sqlkit.database.driver import check, execute
from sqlkit.database.wire.connection import is_busy, is_idle
from sqlkit.database.wire.prepare import new_name
from sqlkit.policy.deadline import current

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg.abc import PQGen

    from sqlkit.database.wire.bound import Bound
    from sqlkit.database.wire.connection import AnyConnection
    from sqlkit.statement import Query

Told: TypeAlias = "tuple[str, list[bytes]]"
Prepared: TypeAlias = "tuple[bytes, list[bytes]]"
"""The name of a statement that was prepared, and its arguments."""


class Telling(NamedTuple):
    """What is sent before a statement, each text with its arguments, and what after it."""

    before: Sequence[Told]
    after: Sequence[Told] = ()


NOTHING = Telling(())


def _select(*parts: str) -> str:
    return f"SELECT {', '.join(parts)}"


# What is told to nearly all that have a limit of their own, by whether it is sure.
_LOCAL = {sure: _select(limit.local(is_sure=sure)) for sure in (True, False)}


def telling(conn: AnyConnection, bound: Bound | None = None) -> Telling | None:
    """What the server has to be told for the next statement, if anything.

    What is set ends with the transaction, which alone a statement is. Within a longer one, the
    limit that was in force is put back.
    """
    profile, now = conn.profile, time.monotonic()
    if is_idle(conn) and bound is not None and bound.alone and not profile.is_strict:
        return None
    left = conn.until - now
    in_force = _in_force(conn)
    parts = profile.alone() if is_idle(conn) else []
    arguments: list[bytes] = []
    if limit.must_be_told(left, in_force, conn.own):
        milliseconds = limit.milliseconds(left)
        conn.ends = now + milliseconds / 1000
        arguments = [b"%dms" % milliseconds]
        is_sure = limit.is_longer(conn.own, in_force) or (profile.pooled and is_idle(conn))
        parts = [limit.local(is_sure=is_sure), *parts]
    if not parts:
        return None
    here = (_select(*parts), arguments)
    if is_idle(conn):
        return Telling([here])
    return Telling([(limit.KEEP, []), here], [(limit.RESTORE, [])])


def at_once(conn: AnyConnection, left: float, own: float | None) -> Prepared | None:
    """What tells the limit of a statement that stands by itself, where that is prepared already.

    ``left`` and ``own`` as in `limit.must_be_told`.
    """
    if left <= 0 or conn.profile.pooled or not is_idle(conn):
        return None
    if not limit.must_be_told(left, conn.in_force, own):
        return None
    name = conn.prepared.get(_LOCAL[limit.is_longer(own, conn.in_force)])
    return None if name is None else (name, [b"%dms" % limit.milliseconds(left)])


def _in_force(conn: AnyConnection) -> float:
    """The limit of a statement that is told nothing; behind a pooler a transaction has another."""
    if conn.profile.pooled and not is_idle(conn):
        return min(conn.in_force, conn.profile.timeout)
    return conn.in_force


def prepare(conn: AnyConnection, told: Telling) -> PQGen[None]:
    """Prepare the texts that are told, unless they are."""
    for text, _ in (*told.before, *told.after):
        if text not in conn.prepared and not conn.profile.pooled:
            name = new_name()
            conn.pgconn.send_prepare(name, text.encode())
            check((yield from execute(conn.pgconn)))
            conn.prepared[text] = name


def sends(conn: AnyConnection, told: Sequence[Told]) -> list[Callable[[], None]]:
    """What sends them."""
    pgconn = conn.pgconn
    if conn.profile.pooled:
        return [partial(pgconn.send_query_params, text.encode(), args) for text, args in told]
    return [partial(pgconn.send_query_prepared, conn.prepared[text], args) for text, args in told]


def for_long(conn: AnyConnection) -> bytes:
    """What goes before a statement that lasts as long as its rows are read, or written.

    Only a deadline limits it. The limit of a session is lifted, for the rest of the transaction:
    each wait for the next rows has its own, which is the client's.
    """
    profile, now = conn.profile, time.monotonic()
    left, in_force = conn.latest - now, _in_force(conn)
    parts = profile.alone() if is_idle(conn) else []
    if left < in_force:
        parts.append(limit.within(left))
    elif in_force < math.inf:
        parts.append(limit.none_instead_of(profile.timeout))
    conn.ends = now + left
    return f"{_select(*parts)};\n".encode() if parts else b""


def allow(conn: AnyConnection, seconds: float, query: Query[Any] | None) -> float:
    """Allow what comes next so many seconds; gives those that the client is to wait for it.

    The server is told how long it may take, so that it ends a statement by itself; what it hasn't
    ended, the client gives up a little later.
    """
    now = time.monotonic()
    conn.until = now + seconds
    conn.latest = current()
    conn.own = query.timeout if query is not None else None
    if not is_busy(conn):  # what goes on was told before
        conn.ends = now + conn.profile.timeout  # a shorter limit in force is another's
    return seconds + limit.PATIENCE


def is_ended_by_limit(conn: AnyConnection, error: psycopg.Error) -> bool:
    """Whether the server canceled a statement, just now, for the limit that it was told.

    PostgreSQL has the same SQLSTATE for it as for pg_cancel_backend.
    """
    return isinstance(error, psycopg.errors.QueryCanceled) and time.monotonic() >= conn.ends
