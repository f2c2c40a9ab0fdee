"""The end of a transaction: COMMIT, and what became of it where its answer is lost; ROLLBACK."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import psycopg

from sqlkit.database import begin, outcome, wire
from sqlkit.database.deadline import wait, wait_async
from sqlkit.database.resolve import resolve, resolve_async
from sqlkit.errors import DeadlineExceeded

if TYPE_CHECKING:
    from sqlkit.database.settings import Settings
    from sqlkit.database.wait import AsyncWait, Wait
    from sqlkit.policy.call import Call

logger = logging.getLogger("sqlkit")


def commit(conn: wire.PgConnection, call: Call, settings: Settings, waits: Wait) -> None:
    """COMMIT; where the answer is lost, ask what became of the transaction."""
    xid = waits(wire.transaction_id(conn)) if conn.wrote else None
    try:
        waits(wire.command(conn, begin.commit(1)), None, call.deadline)
    except (psycopg.Error, DeadlineExceeded) as error:
        if xid is None or not outcome.is_in_doubt(error):
            raise
        deadline = min(call.deadline, time.monotonic() + settings.timeout)
        told = outcome.conclude(resolve(settings, xid, deadline), error)
        if told is not None:
            raise told  # noqa: B904 # caused by what it says itself


async def commit_async(
    conn: wire.AsyncPgConnection, call: Call, settings: Settings, waits: AsyncWait
) -> None:
    """`commit`, awaited."""
    xid = await waits(wire.transaction_id(conn)) if conn.wrote else None
    try:
        await waits(wire.command(conn, begin.commit(1)), None, call.deadline)
    except (psycopg.Error, DeadlineExceeded) as error:
        if xid is None or not outcome.is_in_doubt(error):
            raise
        deadline = min(call.deadline, time.monotonic() + settings.timeout)
        told = outcome.conclude(await resolve_async(settings, xid, deadline), error)
        if told is not None:
            raise told  # noqa: B904 # caused by what it says itself


def roll_back(conn: wire.PgConnection, depth: int, settings: Settings) -> None:
    """Undo a transaction, or a savepoint ``depth`` deep; an error of it is only logged."""
    gen = wire.command(conn, begin.roll_back(depth))
    try:
        # Also when the deadline has passed: that may be why it is rolled back.
        wait(conn, gen, settings.timeout)
    except (psycopg.Error, DeadlineExceeded) as error:
        # The connection is lost, and the transaction with it; the error that led here is the
        # one to see.
        logger.debug("rollback failed: %s", type(error).__name__)


async def roll_back_async(conn: wire.AsyncPgConnection, depth: int, settings: Settings) -> None:
    """`roll_back`, awaited."""
    gen = wire.command(conn, begin.roll_back(depth))
    try:
        # Also when the deadline has passed: that may be why it is rolled back.
        await wait_async(conn, gen, settings.timeout)
    except (psycopg.Error, DeadlineExceeded) as error:
        # The connection is lost, and the transaction with it; the error that led here is the
        # one to see.
        logger.debug("rollback failed: %s", type(error).__name__)
