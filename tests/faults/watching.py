"""What a test does from outside while a call is under way."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, TypeVar, cast

from tests.awaited import together

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    import psycopg

    from sqlkit import AsyncDatabase

T = TypeVar("T")

_WAITING = """
select pid from pg_locks where not granted
    and pid in (select pid from pg_stat_activity where datname = current_database())
"""


def until(found: Callable[[], T | None], seconds: float = 10) -> T:
    """What is found in the end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.005)
    raise AssertionError(f"not within {seconds:g} s")


def waiting(conn: psycopg.Connection[Any], *, but: int = 0) -> int:
    """The process of the database that waits for a lock, as soon as one does."""
    query = f"select min(pid) from ({_WAITING}) as waiting where pid <> {but}"

    def found() -> int | None:
        row = conn.execute(query.encode()).fetchone()
        return row and row[0]

    return until(found)


async def meanwhile(
    db: AsyncDatabase, work: Coroutine[Any, Any, T], other: Callable[[], None]
) -> T | BaseException:
    """Do something on a database, and something else in a thread; what the first led to."""

    async def caught() -> T | BaseException:
        try:
            return await work
        except Exception as error:
            return error

    results, _ = await asyncio.gather(together(db, caught()), asyncio.to_thread(other))
    return cast("T | BaseException", results[0])
