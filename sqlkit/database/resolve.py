"""Asking the server what became of a transaction whose COMMIT was never answered.

PostgreSQL manual, 9.27.9 "Transaction ID and Snapshot Information Functions": pg_xact_status. As
long as the session that had the transaction has not noticed the loss, it is in progress; one that
doesn't notice soon, since the network told it nothing, is ended.
"""

from __future__ import annotations

import asyncio
import time
from itertools import count
from typing import TYPE_CHECKING

import psycopg

from sqlkit.database import wire
from sqlkit.database.connect import connect, connect_async
from sqlkit.database.deadline import wait, wait_async
from sqlkit.errors import DeadlineExceeded
from sqlkit.policy.retry import full_jitter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg.abc import PQGen

    from sqlkit.database.outcome import Outcome
    from sqlkit.database.settings import Settings

_IN_PROGRESS = "in progress"
_BASE = 0.02
_CAP = 0.5
_SOON = 5  # questions, after some 0.3 s


def resolve(settings: Settings, xid: str, deadline: float) -> Outcome:
    """Ask until the server knows; ``unknown`` if it never will, or the deadline passes first."""
    for number, pause in enumerate(_pauses(deadline)):
        outcome = _asked(settings, xid, deadline, late=number >= _SOON)
        if outcome is not None:
            return outcome
        time.sleep(pause)
    return "unknown"


def _asked(settings: Settings, xid: str, deadline: float, *, late: bool) -> Outcome | None:
    try:
        conn = connect(settings)
    except Exception:  # of psycopg, or of a function that gives the address
        return None
    try:
        return _known(wait(conn, _ask(conn, xid, late=late), deadline - time.monotonic()))
    except (psycopg.Error, DeadlineExceeded) as error:
        return _unanswered(error)
    finally:
        wire.finish(conn)


async def resolve_async(settings: Settings, xid: str, deadline: float) -> Outcome:
    """`resolve`, awaited."""
    for number, pause in enumerate(_pauses(deadline)):
        outcome = await _asked_async(settings, xid, deadline, late=number >= _SOON)
        if outcome is not None:
            return outcome
        await asyncio.sleep(pause)
    return "unknown"


async def _asked_async(
    settings: Settings, xid: str, deadline: float, *, late: bool
) -> Outcome | None:
    try:
        conn = await connect_async(settings)
    except Exception:  # of psycopg, or of a function that gives the address
        return None
    try:
        gen = _ask(conn, xid, late=late)
        return _known(await wait_async(conn, gen, deadline - time.monotonic()))
    except (psycopg.Error, DeadlineExceeded) as error:
        return _unanswered(error)
    finally:
        wire.finish(conn)


def _ask(conn: wire.AnyConnection, xid: str, *, late: bool) -> PQGen[str | None]:
    status = yield from wire.transaction_status(conn, xid)
    if late and status == _IN_PROGRESS:
        yield from wire.end_abandoned(conn, xid)
    return status


def _pauses(deadline: float) -> Iterator[float]:
    for attempt in count(1):
        pause = full_jitter(attempt, _BASE, _CAP)
        if time.monotonic() + pause >= deadline:
            return
        yield pause


def _known(status: str | None) -> Outcome | None:
    if status == _IN_PROGRESS:
        return None
    return "committed" if status == "committed" else "aborted" if status == "aborted" else "unknown"


def _unanswered(error: Exception) -> Outcome | None:
    # A server that has never had such a transaction (after a failover, say) calls its id invalid.
    is_invalid = isinstance(error, psycopg.DataError)
    return "unknown" if is_invalid else None
