"""Statements that take as long as one likes, and who is still at one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sqlkit import Query, Statement, sql
from sqlkit.statement import Line

if TYPE_CHECKING:
    from sqlkit import AsyncDatabase

SLEEPERS = sql(
    "select count(*) from pg_stat_activity where query like '%pg_sleep(30)%'"
    " and state = 'active' and pid <> pg_backend_pid() and datname = current_database()",
    kind="one",
)


def statement(text: str, timeout: float | None = None, kind: Any = "one") -> Statement[Any]:
    """A statement of the query things.ask, with a timeout of its own."""
    query: Query[Any] = Query(name="things.ask", kind=kind, lines=(Line(text),), timeout=timeout)
    return Statement(query)


async def wait_for(db: AsyncDatabase, sleepers: int) -> None:
    """Wait until so many sessions of the database sleep."""
    for _ in range(100):
        if await db.run(SLEEPERS) == sleepers:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("that never happens")
