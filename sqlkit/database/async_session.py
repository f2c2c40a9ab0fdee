"""One async psycopg connection in use: by a single call, a transaction, or held."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable, Iterable
from contextlib import asynccontextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import psycopg

from sqlkit.database import begin, driver, values
from sqlkit.database.async_connection import AsyncConnection
from sqlkit.database.deadline import cancel_async, wait_async
from sqlkit.database.each import each
from sqlkit.database.inside import Holders, current_task
from sqlkit.errors import DeadlineExceeded, OutsideTransaction, RolledBack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType

    from psycopg.abc import PQGen

    from sqlkit.database.begin import Isolation
    from sqlkit.statement import Query, Statement

T = TypeVar("T")
R = TypeVar("R")

logger = logging.getLogger("sqlkit")


class AsyncSession(AsyncConnection):
    """Statements on one psycopg connection; ``seconds`` is what each may take."""

    __slots__ = ("_conn", "_depth", "_over", "_seconds")

    def __init__(self, conn: driver.AsyncPgConnection, seconds: float, depth: int = 0) -> None:
        self._conn = conn
        self._seconds = seconds
        self._depth = depth
        self._over = False

    async def run(self, statement: Statement[T]) -> T:
        values.check_statement(statement, "run")
        if statement.query.kind == "copy":
            return cast("T", await self._copy(statement))
        return cast("T", await self._wait(driver.run(self._conn, statement), statement.query))

    async def _wait(self, gen: PQGen[R], query: Query[Any] | None = None) -> R:
        self._refuse_if_over()
        return await wait_async(self._conn, gen, values.seconds(query, self._seconds), query)

    def _refuse_if_over(self) -> None:
        if self._over:
            raise OutsideTransaction("this transaction or connection has been given back")

    # --- Streams

    @asynccontextmanager
    async def stream(self, statement: Statement[list[R]]) -> AsyncGenerator[AsyncIterator[R]]:
        values.check_statement(statement, "stream")
        values.check_streamed(statement.query)
        if statement.query.kind == "copy":
            async with self._copy_out(statement) as rows:
                yield rows
        elif self._depth == 0:
            # A cursor lives in a transaction.
            async with self._begun() as tx, tx.stream(statement) as rows:
                yield rows
        else:
            try:
                name, bound = await self._declare(statement)
            except driver.NotDeclarable:
                async with self._direct(statement) as rows:
                    yield rows
            else:
                try:
                    yield self._fetch(bound, name)
                finally:
                    if driver.is_in_transaction(self._conn):
                        await self._wait(driver.command(self._conn, b"CLOSE " + name))

    async def _declare(self, statement: Statement[Any]) -> tuple[bytes, driver.Bound]:
        name = driver.cursor_name()
        async with self._begun():
            bound = await self._wait(driver.declare(self._conn, statement, name), statement.query)
        return name, bound

    async def _fetch(self, bound: driver.Bound, name: bytes) -> AsyncIterator[Any]:
        read = 0
        while rows := await self._wait(
            driver.fetch_rows(self._conn, bound, name, read), bound.query
        ):
            for row in rows:
                yield row
            read += len(rows)

    @asynccontextmanager
    async def _direct(self, statement: Statement[Any]) -> AsyncGenerator[AsyncIterator[Any]]:
        bound = await self._wait(driver.begin_rows(self._conn, statement), statement.query)
        try:
            yield self._rows(bound, driver.next_rows)
        finally:
            await self._wait(driver.drain(self._conn), statement.query)

    async def _rows(self, bound: driver.Bound, next_rows: driver.NextRows) -> AsyncIterator[Any]:
        read = 0
        while rows := await self._wait(next_rows(self._conn, bound, read), bound.query):
            for row in rows:
                yield row
            read += len(rows)

    # --- COPY

    async def _copy(self, statement: Statement[Any]) -> Any:
        if statement.query.copy_in is not None:
            return await self._copy_in(statement)
        async with self._copy_out(statement) as rows:
            return [row async for row in rows]

    @asynccontextmanager
    async def _copy_out(self, statement: Statement[Any]) -> AsyncGenerator[AsyncIterator[Any]]:
        bound = await self._wait(driver.begin_copy_out(self._conn, statement), statement.query)
        try:
            yield self._rows(bound, driver.copy_rows)
        finally:
            if self._depth == 0 and driver.is_busy(self._conn):
                await cancel_async(self._conn)
            else:
                # In a transaction a cancel would abort it: the rest is read and dropped.
                await self._wait(driver.drain(self._conn), statement.query)

    async def _copy_in(self, statement: Statement[Any]) -> int:
        query = statement.query
        values.check_rows(query, statement.args[0], Iterable, AsyncIterable)
        rows = each(statement.args[0])
        copy = await self._wait(driver.begin_copy_in(self._conn, statement), query)
        try:
            async for row in rows:
                if data := copy.write(row):
                    await self._wait(driver.send_copy(self._conn, data), query)
            await self._wait(driver.send_copy(self._conn, copy.finish()), query)
        except BaseException as error:
            await self._call_off_copy(type(error).__name__)
            raise
        return await self._wait(driver.end_copy_in(self._conn), query)

    async def _call_off_copy(self, reason: str) -> None:
        try:
            await self._wait(driver.end_copy_in(self._conn, reason))
        except psycopg.Error:
            logger.debug("copy called off: %s", reason)

    # --- Many at once

    async def batch(self, statements: Iterable[Statement[T]]) -> list[T]:
        answers: list[T] = []
        waiting = iter(statements)
        undo: bytes | None = begin.undo(self._depth + 1)
        async with self._begun():
            while chunk := list(islice(waiting, values.BATCH)):
                values.check_batch(chunk)
                answers += await self._wait(driver.batch(self._conn, chunk, undo))
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
        return AsyncTransaction(self._conn, self._seconds, depth, command)


class AsyncTransaction(AsyncSession):
    """A transaction, or a savepoint in one, for the length of its ``with`` block."""

    __slots__ = ("_command",)

    def __init__(
        self, conn: driver.AsyncPgConnection, seconds: float, depth: int, command: bytes
    ) -> None:
        super().__init__(conn, seconds, depth)
        self._command = command

    async def __aenter__(self) -> Self:
        await self._wait(driver.command(self._conn, self._command))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is not None:
                await self._roll_back()
            elif driver.is_aborted(self._conn):
                await self._roll_back()
                raise RolledBack(values.ROLLED_BACK)
            else:
                await self._wait(driver.command(self._conn, begin.commit(self._depth)))
        finally:
            self._over = True

    async def _roll_back(self) -> None:
        try:
            await self._wait(driver.command(self._conn, begin.roll_back(self._depth)))
        except (psycopg.Error, DeadlineExceeded) as error:
            # The connection is lost, and the transaction with it; the error that led here is the
            # one to see.
            logger.debug("rollback failed: %s", type(error).__name__)

    def __repr__(self) -> str:
        state = "over" if self._over else "open"
        return f"<{type(self).__name__} {state}, depth {self._depth}>"


class AsyncHeldConnection(AsyncSession):
    """One connection of the pool, for the length of a ``with`` block, then reset."""

    __slots__ = ("_holders",)

    def __init__(self, conn: driver.AsyncPgConnection, seconds: float, holders: Holders) -> None:
        super().__init__(conn, seconds)
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
                yield tx

    @property
    def psycopg(self) -> psycopg.AsyncConnection[Any]:
        """The psycopg connection itself: for LISTEN, advisory locks, session settings.

        It is in autocommit. What is set on it is reset when it is given back (DISCARD ALL).
        """
        return self._conn

    async def end(self) -> None:
        """Refuse further use, and undo what was set on the session; close it where that fails."""
        self._over = True
        conn = self._conn
        try:
            await wait_async(conn, driver.reset(conn), self._seconds)
            await conn.set_autocommit(True)
        except BaseException as error:
            driver.finish(conn)
            if not isinstance(error, (psycopg.Error, DeadlineExceeded)):
                raise
