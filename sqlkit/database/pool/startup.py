"""Whether to go on waiting for a server that can't be reached when its pool is opened. Pure."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from sqlkit.database.pool import recovery

if TYPE_CHECKING:
    from sqlkit.database.pool.events import Events


class Startup:
    """The attempts to reach a server for the first time, within so many seconds.

    Whether the server is there is asked apart, by libpq's PQping: of an attempt that failed libpq
    tells no SQLSTATE, and the text is translated. A server that accepts connections, but not this
    one, is right: the password is wrong, or there is no such database. Unless it came up between
    the two questions, so it is asked twice.
    """

    def __init__(self, seconds: float, events: Events) -> None:
        self._seconds = seconds
        self._end = monotonic() + seconds
        self._pauses = recovery.pauses()
        self._events = events
        self._has_waited = False
        self._was_there = False

    def failed(self, *, accepts: bool) -> float | None:
        """How long to wait before the next attempt; None: not at all, it is over."""
        pause = next(self._pauses)
        if monotonic() + pause > self._end or (accepts and self._was_there):
            return None
        self._was_there = accepts
        if not self._has_waited and not accepts:
            self._has_waited = True
            self._events.awaited(self._seconds)
        return pause
