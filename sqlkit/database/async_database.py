"""A pool of connections to one database, for the tasks of an event loop."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, TypeVar

from sqlkit.database import health, repeat, wire
from sqlkit.database.async_pooled_connection import AsyncPooledConnection
from sqlkit.database.async_session import AsyncHeldConnection, AsyncTransaction
from sqlkit.database.block import AsyncBlock
from sqlkit.database.inside import current_task
from sqlkit.database.pipeline.pipeline import Pipeline
from sqlkit.database.settings import Settings
from sqlkit.policy.deadline import until
from sqlkit.policy.drive import drive_async

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        AsyncIterator,
        Awaitable,
        Callable,
        Iterable,
        Sequence,
    )
    from contextlib import AbstractAsyncContextManager

    from sqlkit.database.address import AsyncConninfo
    from sqlkit.database.begin import Isolation
    from sqlkit.database.health import Health
    from sqlkit.database.profile import Pooler
    from sqlkit.policy.flow import Policy
    from sqlkit.statement import Statement


T = TypeVar("T")
R = TypeVar("R")


class AsyncDatabase(AsyncPooledConnection):
    """A PostgreSQL database, reached through a pool of connections; for one event loop's tasks.

    ``conninfo`` is any psycopg conninfo or URL, with one host or several; without one, DATABASE_URL
    is used, else libpq's PG* variables. It may be a function that gives one each time a connection
    is opened. The pool opens with the ``with`` block or at first use, and holds between
    ``min_size`` and ``max_size`` connections; at most ``max_waiting`` calls wait for one.

    In seconds: ``timeout``, what a statement may take unless its query says ``@timeout``;
    ``pool_timeout``, the wait for a free connection; ``connect_timeout``, the wait for the server
    to accept one, of each host; ``startup_timeout``, the wait of `open` for a server that isn't
    there yet; ``max_lifetime``, after which a connection is replaced, and ``max_idle``, after
    which an unused one above ``min_size`` is closed.

    ``policies`` is the chain that every call goes through, the outermost first; without it, the
    default one (see `sqlkit.policy.default`). ``[]`` is none.

    ``read_only`` makes each transaction read-only unless it says otherwise: a guard against
    accidents, not a permission. ``pooler="transaction"``: there is a PgBouncer, or its like, in
    transaction mode in between, so nothing is prepared or set for longer than a transaction.

    ``pipeline=True``: the reads that many tasks call at once are sent together, on up to two
    connections more. Raises ValueError with a ``pooler``.
    """

    def __init__(
        self,
        conninfo: AsyncConninfo = "",
        *,
        min_size: int = 1,
        max_size: int = 10,
        timeout: float = 30.0,
        pool_timeout: float = 10.0,
        connect_timeout: float = 3.0,
        startup_timeout: float = 10.0,
        max_waiting: int = 1000,
        max_lifetime: float = 3600.0,
        max_idle: float = 600.0,
        policies: Sequence[Policy] | None = None,
        read_only: bool = False,
        pooler: Pooler | None = None,
        pipeline: bool = False,
        name: str = "default",
    ) -> None:
        settings = Settings.of(
            conninfo,
            name=name,
            min_size=min_size,
            max_size=max_size,
            timeout=timeout,
            max_waiting=max_waiting,
            max_lifetime=max_lifetime,
            max_idle=max_idle,
            pool_timeout=pool_timeout,
            connect_timeout=connect_timeout,
            startup_timeout=startup_timeout,
            policies=policies,
            read_only=read_only,
            pooler=pooler,
        )
        super().__init__(settings)
        self._pipeline = Pipeline.of(settings, self._configure) if pipeline else None
        for policy in self.policies:
            policy.attach(self)

    @property
    def name(self) -> str:
        """The name it was given; ``default`` if none."""
        return self._settings.name

    @property
    def policies(self) -> Sequence[Policy]:
        """The chain that every call goes through, the outermost first."""
        return self._settings.chain.policies

    async def close(self) -> None:
        """Close the pool; a connection in use is closed when it is given back. Idempotent."""
        if self._pipeline is not None:
            self._pipeline.close()
        await super().close()

    # --- Statements

    async def run(self, statement: Statement[T], *, separate: bool = False) -> T:
        """Run a statement in autocommit: one round trip.

        Raises `OutsideTransaction` while the same task holds a transaction of this database,
        unless ``separate`` says that the statement is meant to be no part of it.
        """
        call = self._settings.call(statement, "run")
        if self._holders.held:
            self._refuse_inside(call.name, separate)
        attempt = partial(self._attempt, call, statement)
        if self._pipeline is not None and self._pipeline.may_join(statement.query):
            attempt = partial(self._pipeline.run, call, statement, attempt)
        return await drive_async(self._settings.chain, call, attempt)

    @asynccontextmanager
    async def stream(
        self, statement: Statement[list[R]], *, separate: bool = False
    ) -> AsyncGenerator[AsyncIterator[R]]:
        """Iterate over a statement's rows in constant memory, on a connection of its own.

        Only its beginning goes through the chain: once there are rows, nothing is repeated.
        """
        call = self._settings.call(statement, "stream")
        self._refuse_inside(call.name, separate)
        async with AsyncExitStack() as opened:
            yield await self._entered(
                call, opened, lambda conn: self._session(conn).stream(statement)
            )

    async def batch(self, statements: Iterable[Statement[T]], *, separate: bool = False) -> list[T]:
        """Run many statements in one transaction, pipelined; gives every answer, in order.

        A collection's batch may be repeated as a whole; an iterator can be read only once.
        """
        self._refuse_inside("a batch", separate)
        call = self._settings.named("batch")
        call.statements = statements if isinstance(statements, Collection) else ()
        call.may_repeat = isinstance(statements, Collection)

        async def attempt() -> list[T]:
            async with self._taken(call.deadline) as conn:
                with until(call.deadline):
                    batch = self._session(conn).batch(statements)
                    return await self._noting_phase(call, conn, batch)

        return await drive_async(self._settings.chain, call, attempt)

    # --- Transactions

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        separate: bool = False,
    ) -> AbstractAsyncContextManager[AsyncTransaction]:
        """Commit at the end of the ``with`` block, roll back if an exception leaves it.

        Never run again by itself: see `transact`. Raises `RolledBack` at the end of a block that
        hid an error which had already aborted the transaction.
        """
        begin = partial(self._begin, isolation, read_only, deferrable, separate=separate)
        return AsyncBlock(begin, self._holders)

    async def transact(
        self,
        function: Callable[[AsyncTransaction], Awaitable[T]],
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        separate: bool = False,
    ) -> T:
        """Call a coroutine function with a transaction, and again when the server asks for it.

        That is after a serialization failure or a deadlock (SQLSTATE 40001, 40P01), until the
        deadline, and a few times when the connection was lost and the server has undone the
        transaction. What else the function does is repeated too. Raises TypeError for a plain
        function.
        """
        self._refuse_inside("transact", separate)
        call = self._settings.named(repeat.name(function))
        call.may_repeat = True

        async def whole(conn: wire.AsyncPgConnection) -> T:
            with self._holders.inside(current_task()):
                async with self._begun(conn, isolation, read_only, deferrable) as tx:
                    return await _checked(function(tx))

        async def attempt() -> T:
            async with self._taken(call.deadline) as conn:
                with until(call.deadline):
                    return await self._noting_phase(call, conn, whole(conn))

        return await drive_async(self._settings.repeating(), call, attempt)

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[AsyncHeldConnection]:
        """Hold one connection: for LISTEN, advisory locks, session settings. Reset on return.

        Raises `NoSession` behind a pooler in transaction mode.
        """
        self._settings.refuse_session()
        call = self._settings.named("connection")
        call.may_repeat = True
        async with AsyncExitStack() as opened:
            yield await self._entered(call, opened, self._held)

    @asynccontextmanager
    async def _held(self, conn: wire.AsyncPgConnection) -> AsyncGenerator[AsyncHeldConnection]:
        held = AsyncHeldConnection(conn, self._settings, self._holders)
        try:
            yield held
        finally:
            await held.end()

    async def health(self, timeout: float = 2.0) -> Health:  # noqa: ASYNC109 # as its twin has it
        """How the database is, for a readiness probe: `sqlkit.database.health.Health`.

        Never raises, and takes no longer than ``timeout`` seconds. It is asked on a connection of
        the pool, past the chain, so an open breaker doesn't refuse it; if none becomes free in
        time, the database is not well.
        """
        deadline = time.monotonic() + timeout
        try:
            async with self._taken(deadline) as conn:
                found = await health.ask_async(conn, deadline - time.monotonic())
        except Exception as error:
            found = health.unwell(error, timeout)
        return replace(found, pool=self.pool_statistics())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._settings.name!r} {self._settings.target!r}>"


def _checked(result: Awaitable[T]) -> Awaitable[T]:
    if not isawaitable(result):
        raise TypeError("transact takes a coroutine function, not a plain one")
    return result
