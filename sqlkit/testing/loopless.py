"""Async databases that can be ended after their event loop is gone.

A test's loop belongs to whichever plugin runs the test (pytest-asyncio, anyio), and is often gone
when its fixtures end. So every connection is remembered, and disconnected without a loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.database.async_database import AsyncDatabase
from sqlkit.testing.finish import finish

if TYPE_CHECKING:
    from sqlkit.database import wire


class LooplessDatabase(AsyncDatabase):
    """An `AsyncDatabase` whose connections can be ended without a loop."""

    def __init__(self, conninfo: str) -> None:
        super().__init__(conninfo, name="test")
        self._made: list[wire.AsyncPgConnection] = []

    async def _configure(self, conn: wire.AsyncPgConnection) -> None:
        self._made.append(conn)
        await super()._configure(conn)

    def end(self) -> None:
        """Undo what is not committed, and disconnect."""
        while self._made:
            finish(self._made.pop().pgconn)


class AsyncCommittingDatabase(LooplessDatabase):
    """An `AsyncDatabase` that a call after its end opens again: an application may close it."""

    async def close(self) -> None:
        """Disconnect; a call after that connects again."""
        await super().close()
        self._pool = None
