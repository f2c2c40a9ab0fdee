"""The pool for threads."""

from __future__ import annotations

import threading
import time
import weakref
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

import psycopg

from sqlkit.database import driver, wire
from sqlkit.database.connect import connect
from sqlkit.database.pool import recovery
from sqlkit.database.pool.base_pool import BasePool, call_if_there
from sqlkit.database.pool.startup import Startup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlkit.database.pool.stock import Opening
    from sqlkit.database.settings import Settings


class Waiting:
    """A thread that waits for a connection."""

    __slots__ = ("_done", "given")

    def __init__(self) -> None:
        self._done = threading.Lock()
        self._done.acquire()
        self.given: wire.PgConnection | BaseException | None = None

    def serve(self, conn: wire.PgConnection, /) -> bool:
        """Give it a connection."""
        self.given = conn
        self._done.release()
        return True

    def fail(self, error: BaseException, /) -> None:
        """Let its wait end in an error."""
        self.given = error
        self._done.release()

    def wait(self, seconds: float) -> None:
        """Wait until one of these has happened, or the time is up."""
        if seconds > 0:
            self._done.acquire(timeout=min(seconds, threading.TIMEOUT_MAX))


class Pool(BasePool[wire.PgConnection]):
    """A pool of connections for threads.

    ``configure`` is called with each new connection, before anybody has it.
    """

    def __init__(self, settings: Settings, configure: Callable[[wire.PgConnection], None]) -> None:
        super().__init__(settings)
        self._configure = configure
        self._over = threading.Event()
        self._timer: threading.Timer | None = None

    def open(self, patience: float = 0.0) -> None:
        """Connect, and fill the pool in the background; harmless when there are connections.

        A server that is out of reach is waited for, for ``patience`` seconds; one that is there and
        refuses is not. Raises as `take`.
        """
        startup = Startup(patience, self._events)
        while not self._stock.members:
            try:
                self.give(self.take())
            except (psycopg.OperationalError, TimeoutError):
                accepts = patience > 0 and wire.accepts(self._settings.address.target.conninfo)
                pause = startup.failed(accepts=accepts)
                if pause is None:
                    raise
                time.sleep(pause)

    # --- Take

    def take(self, deadline: float = inf) -> wire.PgConnection:
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
                conn = self._waited(deadline)
            now = monotonic()
            if self._is_fine(conn, now) or self._works(conn, now, deadline):
                stock.counts.checkouts += 1
                conn.sent, conn.pending = False, b""
                return conn

    def _waited(self, deadline: float) -> wire.PgConnection:
        """The connection that a call waited for."""
        waiting = Waiting()
        began = monotonic()
        seconds = min(self._settings.pool_timeout, deadline - began)
        self._queue(waiting)
        try:
            waiting.wait(seconds)
        except BaseException:
            self._abandon(waiting, monotonic() - began)
            raise
        self._leave(waiting, monotonic() - began)
        given = waiting.given
        if isinstance(given, wire.PgConnection):
            return given
        raise self._in_vain(seconds) if given is None else self._not_connected(given)

    def _abandon(self, waiting: Waiting, seconds: float) -> None:
        """A wait was interrupted."""
        self._leave(waiting, seconds)
        if isinstance(waiting.given, wire.PgConnection):
            self.give(waiting.given)

    def _works(self, conn: wire.PgConnection, now: float, deadline: float) -> bool:
        """Whether a connection is of use still; one that isn't is given up."""
        if now >= conn.expires:
            self._expire(conn)
            return False
        seconds = min(recovery.CHECK, deadline - now)
        try:
            driver.waited(conn, wire.command(conn, b""), seconds)
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
            name = f"sqlkit {self._settings.name} connects"
            thread = threading.Thread(target=self._connect, args=(opening,), name=name, daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the interpreter is about to end
                self._connect(opening)

    def _connect(self, opening: Opening) -> None:
        """Open a connection; try again as long as those that wait may hope for it."""
        for pause in recovery.pauses():
            try:
                conn = self._connected()
            except Exception as error:
                if not self._refused(opening, error):
                    return
            else:
                self._opened(opening, conn)
                return
            if self._over.wait(pause):
                return

    def _connected(self) -> wire.PgConnection:
        conn = connect(self._settings)
        try:
            self._configure(conn)
        except BaseException:
            wire.finish(conn)
            raise
        return conn

    # --- In the background

    def _trim_after(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, call_if_there, [weakref.WeakMethod(self._trim)])
        self._timer.daemon = True
        self._timer.start()

    def _stop(self) -> None:
        self._over.set()
        if self._timer is not None:
            self._timer.cancel()
