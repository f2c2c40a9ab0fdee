"""The twin of `sqlkit.database.pooled_connection`, for the tasks of an event loop."""

from __future__ import annotations

from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from sqlkit.database import outcome, wire
from sqlkit.database.async_connection import AsyncConnection
from sqlkit.database.async_session import AsyncSession
from sqlkit.database.attempt import attempt_async
from sqlkit.database.deadline import wait_async
from sqlkit.database.inside import Holders, current_task
from sqlkit.database.pool.async_pool import AsyncPool
from sqlkit.database.pool.taken import AsyncTaken
from sqlkit.database.types import Types
from sqlkit.policy.deadline import current
from sqlkit.policy.drive import drive_async

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType

    from sqlkit.database.async_session import AsyncTransaction
    from sqlkit.database.begin import Isolation
    from sqlkit.database.block import AsyncBegun
    from sqlkit.database.settings import Settings
    from sqlkit.policy.call import Call
    from sqlkit.statement import Statement

T = TypeVar("T")


class AsyncPooledConnection(AsyncConnection):
    """What an `AsyncDatabase` does with its pool."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool: AsyncPool | None = None
        self._types = Types()
        self._holders = Holders()

    # --- Open and close

    async def open(self) -> None:
        """Connect, and fill the pool in the background.

        The ``with`` block does it too; without it, a statement connects when it needs to. Harmless
        when it is open; after `close` it opens the database again. A server that is out of reach
        is waited for, up to ``startup_timeout`` seconds. Raises psycopg.OperationalError in the
        server's or network's own words, or `DeadlineExceeded`.
        """
        if self._pool is not None and self._pool.is_closed:
            self._pool = None
        await self._opened().open(self._settings.startup_timeout)

    async def close(self) -> None:
        """Close the pool; a connection in use is closed when it is given back. Idempotent."""
        if self._pool is not None:
            self._pool.close()

    async def __aenter__(self) -> Self:
        try:
            await self.open()
        except BaseException:
            await self.close()  # nobody else will, and it would go on trying
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def pool_statistics(self) -> Mapping[str, int]:
        """The pool's counts at this moment: size, available, waiting, and what it did so far."""
        return self._opened().statistics()

    # --- The pool

    def _opened(self) -> AsyncPool:
        if self._pool is None:
            self._pool = AsyncPool(self._settings, self._configure)
        return self._pool

    async def _configure(self, conn: wire.AsyncPgConnection) -> None:
        conn.types = self._types
        conn.profile = self._settings.profile
        self._settings.backends.add(conn)
        await wait_async(conn, wire.settle(conn), self._settings.timeout)

    def _taken(self, deadline: float) -> AbstractAsyncContextManager[wire.AsyncPgConnection]:
        """A connection of the pool, for the length of a ``with`` block."""
        return AsyncTaken(self._pool or self._opened(), min(deadline, current()))

    def _session(self, conn: wire.AsyncPgConnection) -> AsyncSession:
        return AsyncSession(conn, self._settings)

    # --- A connection for a call

    async def _attempt(self, call: Call, statement: Statement[T]) -> T:
        pool = self._pool or self._opened()
        conn = pool.at_hand() or await pool.take(call.deadline)
        try:
            if statement.query.kind == "copy":
                result = await self._session(conn).attempt(call, statement)
            else:
                result = await attempt_async(conn, call, statement, self._settings)
        except BaseException as error:
            pool.give(conn, error)
            raise
        pool.give(conn)
        return result

    async def _noting_phase(self, call: Call, conn: wire.AsyncPgConnection, use: Awaitable[T]) -> T:
        """Do something in a transaction; if it fails, the call learns how far it had got."""
        try:
            return await use
        except BaseException:
            outcome.note(call, conn, 1, self._settings)
            raise

    async def _entered(
        self,
        call: Call,
        opened: AsyncExitStack,
        enter: Callable[[wire.AsyncPgConnection], AbstractAsyncContextManager[T]],
    ) -> T:
        """Take a connection and enter a context on it, through the chain; ``opened`` leaves it."""

        found: list[T] = []  # and not the call's result, which is counted

        async def attempt() -> None:
            async with AsyncExitStack() as tried:
                conn = await tried.enter_async_context(self._taken(call.deadline))
                entering = tried.enter_async_context(enter(conn))
                found.append(await self._noting_phase(call, conn, entering))
                opened.push_async_exit(tried.pop_all())  # now: what ends the call may raise

        await drive_async(self._settings.chain, call, attempt)
        return found.pop()

    def _refuse_inside(self, what: str, separate: bool) -> None:
        if self._holders.held and not separate:
            self._holders.refuse(current_task(), what)

    # --- A transaction

    async def _begin(
        self,
        isolation: Isolation | None,
        read_only: bool | None,
        deferrable: bool | None,
        begun: AsyncBegun,
        *,
        separate: bool,
    ) -> None:
        """Begin a transaction; ``begun`` is told of it, and of what gives back its connection."""
        self._refuse_inside("a transaction", separate)
        call = self._settings.named("begin")
        call.may_repeat = True

        async def attempt() -> None:
            pool = self._pool or self._opened()
            conn = pool.at_hand() or await pool.take(call.deadline)
            try:
                tx = await self._begun(conn, isolation, read_only, deferrable).__aenter__()
            except BaseException as error:
                outcome.note(call, conn, 1, self._settings)
                pool.give(conn, error)
                raise
            begun(tx, partial(pool.give, conn))

        await drive_async(self._settings.chain, call, attempt)

    def _begun(
        self,
        conn: wire.AsyncPgConnection,
        isolation: Isolation | None,
        read_only: bool | None,
        deferrable: bool | None,
    ) -> AbstractAsyncContextManager[AsyncTransaction]:
        return self._session(conn).transaction(
            isolation=isolation, read_only=read_only, deferrable=deferrable
        )
