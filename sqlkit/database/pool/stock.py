"""The connections of a pool, and who waits for one. Pure: nothing here waits, connects or closes.

A pool holds its lock around each call, and does afterwards what it was told: opens what is wanted,
closes what is given up. Without the lock it takes from `Stock.idle` while nobody waits, and gives
back to it, looking afterwards whether somebody waits: a lock would cost more than all the rest. So
whatever is found in there may be gone a moment later.

Connections in use are in `Stock.members` too, which forgets those that are gone: one that was lost
on its way, to Ctrl-C say, takes no place for ever.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar
from weakref import WeakSet

from sqlkit.database.pool import recovery

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlkit.database.wire import AnyConnection

C = TypeVar("C", bound="AnyConnection")
C_contra = TypeVar("C_contra", bound="AnyConnection", contravariant=True)


class Waiter(Protocol[C_contra]):
    """A call that waits for a connection."""

    def serve(self, conn: C_contra, /) -> bool:
        """Give it one; False if it doesn't wait any more."""
        ...

    def fail(self, error: BaseException, /) -> None:
        """Let its wait end in an error."""
        ...


class Opening:
    """One attempt to open a connection, for as long as somebody works on it."""

    __slots__ = ("__weakref__",)


@dataclass(slots=True)
class Counts:
    """What a pool did so far; ``wait`` in seconds."""

    checkouts: int = 0
    waits: int = 0
    wait: float = 0.0
    timeouts: int = 0
    exhausted: int = 0
    opened: int = 0
    failed: int = 0
    lost: int = 0
    expired: int = 0
    discarded: int = 0


class Stock(Generic[C]):
    """A pool's connections, idle and in use, and those that wait, first come, first served."""

    def __init__(self, min_size: int, max_size: int, max_waiting: int) -> None:
        self.min_size = min_size
        self.max_size = max_size
        self.max_waiting = max_waiting
        self.idle: deque[C] = deque()  # the one used last is used next
        self.waiting: deque[Waiter[C]] = deque()
        self.members: WeakSet[C] = WeakSet()
        self.opening: WeakSet[Opening] = WeakSet()
        self.counts = Counts()
        self.suspected = -inf
        self.down_since: float | None = None
        self.refusal: BaseException | None = None
        self.is_closed = False

    # --- Connections that come and go

    def hand_out(self) -> None:
        """Give idle connections to those that wait."""
        while self.waiting:
            try:
                conn = self.idle.pop()
            except IndexError:
                return
            if not self.waiting.popleft().serve(conn):
                self.idle.append(conn)

    def add(self, opening: Opening, conn: C) -> None:
        """A connection was opened."""
        self.opening.discard(opening)
        self.counts.opened += 1
        self.down_since = self.refusal = None
        self.members.add(conn)
        self.idle.append(conn)
        self.hand_out()

    def remove(self, conn: C) -> None:
        """A connection in use is given up."""
        self.members.discard(conn)

    def take_out(self, conns: Iterable[C]) -> list[C]:
        """Give up connections as far as they are idle."""
        taken: list[C] = []
        for conn in conns:
            try:
                self.idle.remove(conn)
            except ValueError:  # in use since a moment ago
                continue
            self.members.discard(conn)
            taken.append(conn)
        return taken

    def drain(self) -> list[C]:
        """Condemn all connections; those in use are given up when they come back."""
        for conn in self.members:
            conn.expires = -inf
        return self.take_out(list(self.idle))

    def surplus(self, unused_since: float) -> list[C]:
        """Give up those above the minimum that nobody has used since a moment."""
        most = max(0, len(self.members) - self.min_size)
        unused = [conn for conn in list(self.idle) if conn.used <= unused_since]
        return self.take_out(unused[:most])

    # --- Opening

    def wanted(self) -> list[Opening]:
        """The connections to begin to open now."""
        number = (
            0
            if self.is_closed
            else recovery.openings(
                size=len(self.members),
                opening=len(self.opening),
                waiting=len(self.waiting),
                min_size=self.min_size,
                max_size=self.max_size,
                is_down=self.down_since is not None,
            )
        )
        begun = [Opening() for _ in range(number)]
        self.opening.update(begun)
        return begun

    def refuse(self, opening: Opening, error: BaseException, now: float) -> list[Waiter[C]]:
        """No connection could be opened; those whose wait is to end with that error.

        An opening that is to try again, for those that go on waiting, stays in `opening`.
        """
        self.counts.failed += 1
        self.refusal = error
        if self.down_since is None:
            self.down_since = now
        if len(self.opening) == 1 and self.waiting and self._has_hope(now):
            return []
        self.opening.discard(opening)
        if self.opening or self._has_hope(now):
            return []
        failed = list(self.waiting)
        self.waiting.clear()
        return failed

    def _has_hope(self, now: float) -> bool:
        worked = max((conn.used for conn in self.members), default=-inf)
        since = now if self.down_since is None else self.down_since
        return bool(self.members) and recovery.is_worth_waiting(worked, since, now)

    # --- Waiting

    def join(self, waiter: Waiter[C]) -> list[Opening] | None:
        """Put a call at the end of the queue; the connections to open for it.

        None if the queue is as long as it may be.
        """
        if len(self.waiting) >= self.max_waiting:
            self.counts.exhausted += 1
            return None
        self.waiting.append(waiter)
        self.hand_out()
        return self.wanted()

    def leave(self, waiter: Waiter[C], seconds: float) -> None:
        """A wait of so many seconds is over, whatever it was given."""
        self.counts.waits += 1
        self.counts.wait += seconds
        with suppress(ValueError):
            self.waiting.remove(waiter)

    # --- The whole

    def close(self) -> tuple[list[C], list[Waiter[C]]]:
        """Open no connection any more; those to close, and those that wait in vain."""
        self.is_closed = True
        waiting = list(self.waiting)
        self.waiting.clear()
        return self.take_out(list(self.idle)), waiting

    def forget(self) -> list[C]:
        """Let go of everything; the connections there were."""
        inherited = list(self.members)
        self.idle.clear()
        self.waiting.clear()
        self.members.clear()
        self.opening.clear()
        return inherited

    def statistics(self) -> dict[str, int]:
        """The counts of this moment, and those so far."""
        counts, size, available = self.counts, len(self.members), len(self.idle)
        return {
            "min_size": self.min_size,
            "max_size": self.max_size,
            "size": size,
            "available": available,
            "in_use": size - available,
            "opening": len(self.opening),
            "waiting": len(self.waiting),
            "checkouts": counts.checkouts,
            "waits": counts.waits,
            "wait_ms": round(counts.wait * 1000),
            "timeouts": counts.timeouts,
            "exhausted": counts.exhausted,
            "opened": counts.opened,
            "failed": counts.failed,
            "lost": counts.lost,
            "expired": counts.expired,
            "discarded": counts.discarded,
        }
