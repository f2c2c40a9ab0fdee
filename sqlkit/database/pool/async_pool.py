"""The pool for the tasks of an event loop."""

from __future__ import annotations

import asyncio
import weakref
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

import psycopg

from sqlkit.database import driver, wire
from sqlkit.database.connect import connect_async
from sqlkit.database.pool import recovery
from sqlkit.database.pool.base_pool import BasePool, call_if_there
from sqlkit.database.pool.startup import Startup

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from sqlkit.database.pool.stock import Opening
    from sqlkit.database.settings import Settings


class Waiting:
    """A task that waits for a connection."""

    __slots__ = ("_future",)

    def __init__(self) -> None:
        self._future: asyncio.Future[wire.AsyncPgConnection | None]
        self._future = asyncio.get_running_loop().create_future()

    def serve(self, conn: wire.AsyncPgConnection | None, /) -> bool:
        """Give it a connection; False if it was cancelled, or has one."""
        if self._future.done():
            return False
        self._future.set_result(conn)
        return True

    def fail(self, error: BaseException, /) -> None:
        """Let its wait end in an error."""
        if not self._future.done():
            self._future.set_exception(error)

    async def wait(self, seconds: float) -> wire.AsyncPgConnection | None:
        """What it was given; None if the time was up before."""
        timer = None
        if seconds < inf:
            timer = asyncio.get_running_loop().call_later(seconds, self.serve, None)
        try:
            return await self._future
        finally:
            if timer is not None:
                timer.cancel()

    def unused(self) -> wire.AsyncPgConnection | None:
        """What it was given in the moment in which its task was cancelled."""
        future = self._future
        given = future.done() and not future.cancelled() and future.exception() is None
        return future.result() if given else None


class AsyncPool(BasePool[wire.AsyncPgConnection]):
    """A pool of connections for the tasks of an event loop.

    ``configure`` is called with each new connection, before anybody has it.
    """

    def __init__(
        self,
        settings: Settings,
        configure: Callable[[wire.AsyncPgConnection], Awaitable[None]],
    ) -> None:
        super().__init__(settings)
        self._configure = configure
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def open(self, patience: float = 0.0) -> None:
        """Connect, and fill the pool in the background; harmless when there are connections.

        A server that is out of reach is waited for, for ``patience`` seconds; one that is there and
        refuses is not. Raises as `take`.
        """
        startup = Startup(patience, self._events)
        while not self._stock.members:
            try:
                self.give(await self.take())
            except (psycopg.OperationalError, TimeoutError):
                conninfo = self._settings.address.target.conninfo
                accepts = patience > 0 and await asyncio.to_thread(wire.accepts, conninfo)
                pause = startup.failed(accepts=accepts)
                if pause is None:
                    raise
                await asyncio.sleep(pause)

    # --- Take

    async def take(self, deadline: float = inf) -> wire.AsyncPgConnection:
        """A connection that works, before a moment of `time.monotonic`; `give` it back.

        Nothing has been sent on it yet. `at_hand` is quicker, where it gives one.

        Raises `DeadlineExceeded` if none is free in time, `PoolExhausted` at once if too many wait
        already, `DatabaseClosed`, and psycopg.OperationalError for a server out of reach.
        """
        stock = self._stock
        while True:
            try:
                conn = None if stock.waiting else stock.idle.pop()
            except IndexError:
                conn = None
            if conn is None:
                conn = await self._waited(deadline)
            now = monotonic()
            if self._is_fine(conn, now) or await self._works(conn, now, deadline):
                stock.counts.checkouts += 1
                conn.sent, conn.pending = False, b""
                return conn

    async def _waited(self, deadline: float) -> wire.AsyncPgConnection:
        """The connection that a call waited for."""
        waiting = Waiting()
        began = monotonic()
        seconds = min(self._settings.pool_timeout, deadline - began)
        self._queue(waiting)
        try:
            conn = await waiting.wait(seconds)
        except asyncio.CancelledError:
            self._abandon(waiting)
            raise
        except Exception as error:
            raise self._not_connected(error) from error.__cause__
        finally:
            self._leave(waiting, monotonic() - began)
        if conn is None:
            raise self._in_vain(seconds)
        return conn

    def _abandon(self, waiting: Waiting) -> None:
        """The task was cancelled."""
        conn = waiting.unused()
        if conn is not None:
            self.give(conn)

    async def _works(self, conn: wire.AsyncPgConnection, now: float, deadline: float) -> bool:
        """Whether a connection is of use still; one that isn't is given up."""
        if now >= conn.expires:
            self._expire(conn)
            return False
        seconds = min(recovery.CHECK, deadline - now)
        try:
            await driver.waited_async(conn, wire.command(conn, b""), seconds)
        except psycopg.Error as error:
            is_silent = isinstance(error, driver.WaitTimeout)
            self._lose(conn, error, is_silent=is_silent and seconds == recovery.CHECK)
            return False
        except BaseException:
            self._give_up(conn, "its check was interrupted")
            raise
        conn.used = monotonic()
        return True

    # --- Open

    def _open(self, openings: Iterable[Opening]) -> None:
        for opening in openings:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:  # given back when the loop is gone: nobody waits
                return
            task = loop.create_task(self._connect(opening))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connect(self, opening: Opening) -> None:
        """Open a connection; try again as long as those that wait may hope for it."""
        for pause in recovery.pauses():
            try:
                conn = await self._connected()
            except Exception as error:
                if not self._refused(opening, error):
                    return
            else:
                self._opened(opening, conn)
                return
            await asyncio.sleep(pause)

    async def _connected(self) -> wire.AsyncPgConnection:
        conn = await connect_async(self._settings)
        try:
            await self._configure(conn)
        except BaseException:
            wire.finish(conn)
            raise
        return conn

    # --- In the background

    def _trim_after(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(seconds, call_if_there, weakref.WeakMethod(self._trim))

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._timer is not None:
            self._timer.cancel()
