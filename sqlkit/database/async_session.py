"""One async psycopg connection in use: by a single call, a transaction, or held."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

import psycopg

from sqlkit.database import begin, values, wire
from sqlkit.database.async_connection import AsyncConnection
from sqlkit.database.attempt import attempt_async
from sqlkit.database.copying import attempt_copy_async, copy_out_async
from sqlkit.database.deadline import left, wait_async
from sqlkit.database.ending import commit_async, roll_back_async
from sqlkit.database.inside import Holders, current_task
from sqlkit.database.streams import declare_async, direct_async
from sqlkit.errors import DeadlineExceeded, OutsideTransaction, RolledBack
from sqlkit.policy.drive import drive_async

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType

    from psycopg.abc import PQGen

    from sqlkit.database.begin import Isolation
    from sqlkit.database.settings import Settings
    from sqlkit.policy.call import Call
    from sqlkit.statement import Query, Statement

T = TypeVar("T")
R = TypeVar("R")


class AsyncSession(AsyncConnection):
    """Statements on one psycopg connection, ``depth`` transactions deep."""

    __slots__ = ("_conn", "_depth", "_over", "_settings")

    # Whether BEGIN may go with the first statement: nobody else speaks to the connection.
    _begins_later = True

    def __init__(self, conn: wire.AsyncPgConnection, settings: Settings, depth: int = 0) -> None:
        self._conn = conn
        self._settings = settings
        self._depth = depth
        self._over = False

    async def run(self, statement: Statement[T]) -> T:
        call = self._settings.call(statement, "run")
        call.inside = True
        if self._over:
            self._refuse()
        return await drive_async(self._settings.chain, call, partial(self.attempt, call, statement))

    async def attempt(self, call: Call, statement: Statement[T]) -> T:
        """Run a statement once, for a chain that decides about its errors."""
        if statement.query.kind == "copy":
            return await attempt_copy_async(
                self._conn, call, statement, self._settings, self._depth, self._wait
            )
        async with self._conn.lock:
            if self._over:  # the end may have come while others had the lock
                self._refuse()
            return await attempt_async(self._conn, call, statement, self._settings, self._depth)

    async def _wait(
        self, gen: PQGen[R], query: Query[Any] | None = None, deadline: float = inf
    ) -> R:
        return await self._wait_for(self._unless_over(gen), query, deadline)

    def _unless_over(self, gen: PQGen[R]) -> PQGen[R]:
        """Begin only now, with the connection's lock: the end may have come while others had it."""
        self._refuse_if_over()
        yield from wire.begun(self._conn)
        return (yield from gen)

    async def _wait_for(
        self, gen: PQGen[R], query: Query[Any] | None = None, deadline: float = inf
    ) -> R:
        seconds = values.seconds(query, self._settings.timeout)
        try:
            return await wait_async(self._conn, gen, left(seconds, deadline), query)
        except psycopg.Error as error:
            self._settings.backends.report_deadlock(self._conn, error, self._settings.name)
            raise

    def _refuse_if_over(self) -> None:
        if self._over:
            self._refuse()

    def _refuse(self) -> NoReturn:
        raise OutsideTransaction("this transaction or connection has been given back")

    # --- Streams

    @asynccontextmanager
    async def stream(self, statement: Statement[list[R]]) -> AsyncGenerator[AsyncIterator[R]]:
        values.check_statement(statement, "stream")
        values.check_streamed(statement.query)
        if statement.query.kind == "copy":
            async with copy_out_async(self._conn, statement, self._depth, self._wait) as rows:
                yield rows
        elif self._depth == 0:
            # A cursor lives in a transaction.
            async with self._begun() as tx, tx.stream(statement) as rows:
                yield rows
        else:
            try:
                cursor = await declare_async(self._conn, statement, self._begun(), self._wait)
            except wire.NotDeclarable:
                async with direct_async(self._conn, statement, self._wait) as rows:
                    yield rows
            else:
                async with cursor as rows:
                    yield rows

    # --- Many at once

    async def batch(self, statements: Iterable[Statement[T]]) -> list[T]:
        answers: list[T] = []
        undo: bytes | None = begin.undo(self._depth + 1)
        async with self._begun():
            for chunk in wire.batches(self._conn, statements):
                answers += await self._wait(wire.batch(self._conn, chunk, undo))
                undo = None  # the second chunk can't undo the first
        return answers

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
    ) -> AbstractAsyncContextManager[AsyncTransaction]:
        return self._begun(isolation, read_only, deferrable)

    def _begun(
        self,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
    ) -> AsyncTransaction:
        self._refuse_if_over()
        depth = self._depth + 1
        command = begin.begin(depth, isolation, read_only, deferrable)
        later = self._begins_later and depth == 1 and self._settings.pooler is None
        return AsyncTransaction(self._conn, self._settings, depth, command, later=later)


class AsyncTransaction(AsyncSession):
    """A transaction, or a savepoint in one, for the length of its ``with`` block."""

    __slots__ = ("_command", "_later")

    def __init__(
        self,
        conn: wire.AsyncPgConnection,
        settings: Settings,
        depth: int,
        command: bytes,
        *,
        later: bool,
    ) -> None:
        super().__init__(conn, settings, depth)
        self._command = command
        self._later = later

    async def __aenter__(self) -> Self:
        if self._later:
            wire.begin_later(self._conn, self._command)
        else:
            command = wire.begin if self._depth == 1 else wire.command
            await self._wait(command(self._conn, self._command))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over = True  # for all who wait for the connection meanwhile
        if self._conn.pending and await self._never_began():
            if error is None and self._conn.sent:
                raise RolledBack(values.ROLLED_BACK)
            return
        if error is not None:
            await roll_back_async(self._conn, self._depth, self._settings)
        elif wire.is_aborted(self._conn):
            await roll_back_async(self._conn, self._depth, self._settings)
            raise RolledBack(values.ROLLED_BACK)
        elif self._depth > 1:
            await self._wait_for(wire.command(self._conn, begin.commit(self._depth)))
        else:
            call = self._settings.named("commit")
            call.inside = True
            committing = partial(commit_async, self._conn, call, self._settings, self._wait_for)
            await drive_async(self._settings.chain, call, committing)

    async def _never_began(self) -> bool:
        async with self._conn.lock:  # whoever has it may be about to begin
            return wire.never_began(self._conn)

    def __repr__(self) -> str:
        state = "over" if self._over else "open"
        return f"<{type(self).__name__} {state}, depth {self._depth}>"


class AsyncHeldConnection(AsyncSession):
    """One connection of the pool, for the length of a ``with`` block, then reset."""

    __slots__ = ("_holders",)

    _begins_later = False

    def __init__(self, conn: wire.AsyncPgConnection, settings: Settings, holders: Holders) -> None:
        super().__init__(conn, settings)
        self._holders = holders

    @asynccontextmanager
    async def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
    ) -> AsyncGenerator[AsyncTransaction]:
        begun = super().transaction(isolation=isolation, read_only=read_only, deferrable=deferrable)
        with self._holders.inside(current_task()):
            async with begun as tx:
                self._conn.wrote = True  # what is done through `psycopg` isn't seen
                yield tx

    @property
    def psycopg(self) -> psycopg.AsyncConnection[Any]:
        """The psycopg connection itself: for LISTEN, advisory locks, session settings.

        It is in autocommit. What is set on it is reset when it is given back (DISCARD ALL).
        """
        self._conn.rounds = True  # for all that is known of what will be set
        return self._conn

    async def end(self) -> None:
        """Refuse further use, and undo what was set on the session; close it where that fails."""
        self._over = True
        conn = self._conn
        try:
            await wait_async(conn, wire.reset(conn), self._settings.timeout)
            await conn.set_autocommit(True)
        except BaseException as error:
            wire.finish(conn)
            if not isinstance(error, (psycopg.Error, DeadlineExceeded)):
                raise
