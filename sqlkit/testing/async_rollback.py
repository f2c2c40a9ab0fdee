"""The async twin of `sqlkit.testing.rollback`."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from psycopg.errors import ActiveSqlTransaction

from sqlkit.database import begin, wire
from sqlkit.database.async_session import AsyncSession
from sqlkit.database.connect import connect_async
from sqlkit.database.deadline import left, wait_async
from sqlkit.database.inside import current_task
from sqlkit.errors import OutsideTransaction
from sqlkit.testing.loopless import LooplessDatabase
from sqlkit.testing.rollback import ADVICE, NeedsCommit

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from sqlkit.database.async_session import AsyncTransaction
    from sqlkit.database.begin import Isolation
    from sqlkit.policy.call import Call
    from sqlkit.statement import Statement

T = TypeVar("T")


class AsyncRollbackDatabase(LooplessDatabase):
    """An `AsyncDatabase` of one connection that never commits; tasks take turns on it.

    Isolation levels and ``deferrable`` are accepted and change nothing: nobody else is there.
    ``close`` does nothing, since an application that is tested may close its database, and open it
    again: the end of the test is what undoes and disconnects.
    """

    def __init__(self, conninfo: str) -> None:
        super().__init__(conninfo)
        self._pinned: wire.AsyncPgConnection | None = None
        self._pinning = asyncio.Lock()
        self._turn = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None
        self._depth = 1

    async def open(self) -> None:
        """Connect and begin the transaction; the first call does it too."""
        await self._connected()

    async def close(self) -> None:
        """Nothing: see the class."""

    async def _connected(self) -> wire.AsyncPgConnection:
        async with self._pinning:
            if self._pinned is None:
                conn = await connect_async(self._settings)
                await self._configure(conn)
                await self._command(conn, b"BEGIN")
                self._pinned = conn
            return self._pinned

    async def _command(self, conn: wire.AsyncPgConnection, command: bytes) -> None:
        await wait_async(conn, wire.command(conn, command), self._settings.timeout)

    def _session(self, conn: wire.AsyncPgConnection) -> AsyncSession:
        return AsyncSession(conn, self._settings, self._depth)

    async def _attempt(self, call: Call, statement: Statement[T]) -> T:
        async with self._taken(call.deadline) as conn:
            return await self._session(conn).attempt(call, statement)

    @asynccontextmanager
    async def _taken(self, deadline: float) -> AsyncGenerator[wire.AsyncPgConnection]:
        async with self._one_at_a_time(deadline):
            try:
                conn = await self._connected()
                async with self._session(conn).transaction():
                    self._depth += 1  # a call inside a stream's block is a savepoint inside its own
                    try:
                        yield conn
                    finally:
                        self._depth -= 1
            except ActiveSqlTransaction as error:  # VACUUM, CREATE DATABASE …
                error.add_note(ADVICE)
                raise

    @asynccontextmanager
    async def _one_at_a_time(self, deadline: float) -> AsyncGenerator[None]:
        """Wait for the task's turn, unless it has it already."""
        task = asyncio.current_task()
        if self._holder is task:
            yield
            return
        try:
            async with asyncio.timeout(left(self._settings.pool_timeout, deadline)):
                await self._turn.acquire()
        except TimeoutError:
            raise NeedsCommit("another task is in a transaction or stream") from None
        self._holder = task
        try:
            yield
        finally:
            self._holder = None
            self._turn.release()

    @asynccontextmanager
    async def _begun(
        self,
        conn: wire.AsyncPgConnection,
        isolation: Isolation | None,
        read_only: bool | None,
        deferrable: bool | None,
    ) -> AsyncGenerator[AsyncTransaction]:
        begin.begin(1, isolation, read_only, deferrable)  # refuses an unknown level here as well
        async with self._session(conn).transaction() as tx:
            if read_only:
                await self._command(conn, b"SET TRANSACTION READ ONLY")
            yield tx

    @asynccontextmanager
    async def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        separate: bool = False,
    ) -> AsyncGenerator[AsyncTransaction]:
        """A savepoint."""
        self._refuse_inside("a transaction", separate)
        call = self._settings.named("begin")
        call.may_repeat = True
        async with AsyncExitStack() as opened:
            tx = await self._entered(
                call, opened, lambda conn: self._begun(conn, isolation, read_only, deferrable)
            )
            with self._holders.inside(current_task()):
                yield tx

    def connection(self) -> NoReturn:
        """Refused: it would be a second connection."""
        raise NeedsCommit("connection() holds a connection of its own")

    def _refuse_inside(self, what: str, separate: bool) -> None:
        try:
            super()._refuse_inside(what, separate=False)
        except OutsideTransaction:
            if separate:
                raise NeedsCommit(f"{what}: separate=True needs a second connection") from None
            raise
