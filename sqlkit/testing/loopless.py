"""Async databases that can be ended after their event loop is gone.

A test's loop belongs to whichever plugin runs the test (pytest-asyncio, anyio), and is often gone
when its fixtures end. So every connection is remembered, and disconnected without a loop. And there
is no pool of psycopg_pool: its tasks don't heed the cancellation by which a loop ends.
"""

from __future__ import annotations

import asyncio
import math
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from psycopg.pq import TransactionStatus

from sqlkit.database import driver
from sqlkit.database.async_database import AsyncDatabase
from sqlkit.database.deadline import left
from sqlkit.testing.finish import finish

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


class LooplessDatabase(AsyncDatabase):
    """An `AsyncDatabase` that makes its own connections and can end them without a loop."""

    def __init__(self, conninfo: str) -> None:
        super().__init__(conninfo, name="test")
        self._made: list[driver.AsyncPgConnection] = []

    async def _connect(self) -> driver.AsyncPgConnection:
        conn = await driver.AsyncPgConnection.connect(
            self._settings.target.conninfo, **self._settings.connection_arguments()
        )
        self._made.append(conn)
        await self._configure(conn)
        return conn

    def end(self) -> None:
        """Undo what is not committed, and disconnect."""
        while self._made:
            finish(self._made.pop().pgconn)


class AsyncCommittingDatabase(LooplessDatabase):
    """An `AsyncDatabase` whose connections, as many as a pool would have, wait in a list."""

    def __init__(self, conninfo: str) -> None:
        super().__init__(conninfo)
        self._idle: list[driver.AsyncPgConnection] = []
        self._room = asyncio.Semaphore(self._settings.max_size)

    async def open(self) -> None:
        """Connect; the first call does it too."""
        async with self._taken(math.inf):
            pass

    async def close(self) -> None:
        """Disconnect; a call after that connects again."""
        while self._idle:
            await self._idle.pop().close()

    @asynccontextmanager
    async def _taken(self, deadline: float) -> AsyncGenerator[driver.AsyncPgConnection]:
        try:
            async with asyncio.timeout(left(self._settings.pool_timeout, deadline)):
                await self._room.acquire()
        except TimeoutError:
            raise self._settings.none_free() from None
        try:
            conn = self._idle.pop() if self._idle else await self._connect()
            try:
                yield conn
            finally:
                if conn.pgconn.transaction_status == TransactionStatus.IDLE:
                    self._idle.append(conn)
                else:
                    finish(conn.pgconn)
        finally:
            self._room.release()
