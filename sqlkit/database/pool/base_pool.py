"""What the pools for threads and for tasks share: all but the waiting."""

from __future__ import annotations

import os
import threading
import weakref
from abc import ABC, abstractmethod
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic

import psycopg

from sqlkit.database import wire
from sqlkit.database.pool import recovery, unavailable
from sqlkit.database.pool.events import Events
from sqlkit.database.pool.stock import C, Stock
from sqlkit.errors import DatabaseClosed, PoolExhausted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlkit.database.pool.stock import Opening, Waiter
    from sqlkit.database.settings import Settings

_pools: weakref.WeakSet[BasePool[Any]] = weakref.WeakSet()


class BasePool(ABC, Generic[C]):
    """A pool of connections to one database, usable as soon as it is made.

    Connections are opened when they are needed, by threads or tasks of their own that end with it:
    a call takes whatever comes first, one that is given back or a new one. Nothing else runs in the
    background but, while there are more connections than ``min_size``, a timer.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._stock: Stock[C] = Stock(settings.min_size, settings.max_size, settings.max_waiting)
        self._events = Events(settings.name)
        self._has_timer = False
        # A pool that nobody has any more closes its connections, also at the end of the program.
        weakref.finalize(self, _finish, self._stock.idle)
        _pools.add(self)

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._stock.is_closed

    def statistics(self) -> dict[str, int]:
        """The pool's counts at this moment, and what it did so far."""
        with self._lock:
            return self._stock.statistics()

    # --- Taken, and given back

    def at_hand(self) -> C | None:
        """The connection that was used last, where it is idle and surely works; `give` it back."""
        stock = self._stock
        if stock.waiting or not stock.idle:
            return None
        try:
            conn = stock.idle.pop()
        except IndexError:
            return None
        now = monotonic()
        # Whether its time is over was looked at when it was given back.
        is_fresh = now - conn.used < recovery.MOMENT and conn.used > stock.suspected
        if is_fresh or self._is_fine(conn, now):
            stock.counts.checkouts += 1
            conn.sent, conn.pending = False, b""
            return conn
        stock.idle.append(conn)
        if stock.waiting:
            self._hand_out()
        return None

    def _is_fine(self, conn: C, now: float) -> bool:
        """Whether an idle connection surely works, as far as can be told without asking it."""
        suspected = self._stock.suspected
        return recovery.is_trusted(conn.used, conn.expires, suspected, now) and not conn.news(0)

    def give(self, conn: C, error: BaseException | None = None) -> None:
        """Give a connection back, with the error that its use ended in.

        It is kept if it is in no transaction and nothing says that it is of no more use.
        """
        now = monotonic()
        is_lost = error is not None and isinstance(error, psycopg.Error)
        if now < conn.expires and not is_lost and not conn.altered and wire.is_idle(conn):
            conn.used = now
            stock = self._stock
            stock.idle.append(conn)
            if stock.waiting or stock.is_closed:
                self._hand_out()
        else:
            self._take_back(conn, error, now)

    def _hand_out(self) -> None:
        with self._lock:
            self._stock.hand_out()
            left = self._stock.take_out(list(self._stock.idle)) if self._stock.is_closed else []
        _finish(left)

    def _take_back(self, conn: C, error: BaseException | None, now: float) -> None:
        if conn not in self._stock.members:  # it was disowned in a fork
            wire.finish(conn)
        elif conn.closed:
            self._lose(conn, error)
        elif self._is_demoted(conn, error):
            self._drain(conn, "the server is a standby by now")
        elif not wire.is_idle(conn):
            self._give_up(conn, "it was given back in the middle of something")
        elif conn.altered:
            self._give_up(conn, "a statement changed its session")
        elif now >= conn.expires:
            self._expire(conn)
        else:
            self.give(conn)

    def _is_demoted(self, conn: C, error: BaseException | None) -> bool:
        standby = conn.info.parameter_status("in_hot_standby") == "on"
        return recovery.is_demoted(error, standby=standby, read_only=self._settings.read_only)

    # --- Given up

    def _lose(self, conn: C, error: BaseException | None, *, is_silent: bool = False) -> None:
        """A connection is lost, and all are suspect that have not worked since."""
        with self._lock:
            self._stock.suspected = monotonic()
            self._stock.counts.lost += 1
        self._events.lost(conn, error)
        if is_silent:
            self._drain(conn, "a connection leads nowhere")
        else:
            self._remove(conn)

    def _drain(self, conn: C, why: str) -> None:
        """Replace all connections, unless that was done since this one was opened."""
        is_known = conn.expires == -inf
        idle: list[C] = []
        if not is_known:
            with self._lock:
                idle = self._stock.drain()
                self._stock.counts.discarded += len(idle)
            self._events.drained(len(idle), why)
        _finish(idle)
        self._remove(conn)

    def _expire(self, conn: C) -> None:
        with self._lock:
            self._stock.counts.expired += 1
        self._events.discarded(conn, "its time is over")
        self._remove(conn)

    def _give_up(self, conn: C, why: str) -> None:
        with self._lock:
            self._stock.counts.discarded += 1
        self._events.discarded(conn, why)
        self._remove(conn)

    def _remove(self, conn: C) -> None:
        wire.finish(conn)
        with self._lock:
            self._stock.remove(conn)
            openings = self._stock.wanted()
        self._open(openings)

    # --- Opened

    @abstractmethod
    def _open(self, openings: Iterable[Opening]) -> None:
        """Open connections in the background."""

    def _opened(self, opening: Opening, conn: C) -> None:
        """A new connection is one of the pool's from now on."""
        conn.used = monotonic()
        conn.expires = recovery.expiry(conn.used, self._settings.max_lifetime)
        conn.news = wire.news(conn)
        conn.backend = conn.info.backend_pid
        with self._lock:
            since = self._stock.down_since
            self._stock.add(opening, conn)
            size = len(self._stock.members)
            openings = self._stock.wanted()
        if since is not None:
            self._events.recovered(monotonic() - since)
        self._events.opened(conn, size)
        if self._stock.is_closed:
            self._hand_out()
        self._open(openings)
        if size > self._stock.min_size and not self._has_timer:
            self._has_timer = True
            self._trim_after(self._settings.max_idle)

    def _refused(self, opening: Opening, error: BaseException) -> bool:
        """No connection could be opened; whether to try again."""
        with self._lock:
            is_first = self._stock.down_since is None
            failed = self._stock.refuse(opening, error, monotonic())
            tries_again = opening in self._stock.opening
        self._events.refused(error, first=is_first)
        for waiter in failed:
            waiter.fail(error)
        return tries_again

    # --- Waiting

    def _queue(self, waiter: Waiter[C]) -> None:
        """Put a call at the end of the queue, and open what it needs."""
        name, stock = self._settings.name, self._stock
        with self._lock:
            if stock.is_closed:
                raise DatabaseClosed(unavailable.closed(name))
            openings = stock.join(waiter)
            told = None if openings is not None else stock.statistics()
        if openings is None:
            message = unavailable.exhausted(name, told or {}, stock.max_waiting)
            self._events.exhausted(message)
            raise PoolExhausted(message)
        self._open(openings)

    def _leave(self, waiter: Waiter[C], seconds: float) -> None:
        """A wait of so many seconds is over."""
        with self._lock:
            self._stock.leave(waiter, seconds)

    def _in_vain(self, seconds: float) -> BaseException:
        with self._lock:
            self._stock.counts.timeouts += 1
            statistics, refusal = self._stock.statistics(), self._stock.refusal
        error = unavailable.in_vain(
            self._settings.name, self._settings.address.target, seconds, statistics
        )
        error.__cause__ = refusal
        return error

    def _not_connected(self, error: BaseException) -> BaseException:
        settings = self._settings
        return unavailable.not_connected(error, settings.address.target, settings.connect_timeout)

    # --- Surplus

    @abstractmethod
    def _trim_after(self, seconds: float) -> None:
        """Call `_trim` after a while, unless the pool is gone by then."""

    def _trim(self) -> None:
        """Close what nobody has used for a while."""
        with self._lock:
            unused = self._stock.surplus(monotonic() - self._settings.max_idle)
            self._stock.counts.discarded += len(unused)
            self._has_timer = len(self._stock.members) > self._stock.min_size
        for conn in unused:
            self._events.discarded(conn, "nobody used it")
        _finish(unused)
        if self._has_timer and not self._stock.is_closed:
            self._trim_after(self._settings.max_idle)

    # --- The end

    def close(self) -> None:
        """Close the connections; those in use are closed when they are given back. Idempotent."""
        with self._lock:
            idle, waiting = self._stock.close()
        for waiter in waiting:
            waiter.fail(DatabaseClosed(unavailable.closed(self._settings.name)))
        _finish(idle)
        self._stop()

    @abstractmethod
    def _stop(self) -> None:
        """End what is under way in the background."""

    def after_fork(self) -> None:
        """Begin anew in a forked child: its parent goes on using the connections it had."""
        self._lock = threading.Lock()
        self._has_timer = False
        for conn in self._stock.forget():
            wire.disown(conn)

    def __repr__(self) -> str:
        size = len(self._stock.members)
        return f"<{type(self).__name__} of {self._settings.name!r}, {size} open>"


def _finish(conns: Iterable[wire.AnyConnection]) -> None:
    for conn in list(conns):
        wire.finish(conn)


def call_if_there(method: weakref.WeakMethod[Callable[[], None]]) -> None:
    """Call a method of an object, if anybody still has the object."""
    if (found := method()) is not None:
        found()


def _after_fork() -> None:
    for pool in list(_pools):
        pool.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
