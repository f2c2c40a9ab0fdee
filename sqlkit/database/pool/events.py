"""What happens to a pool's connections, told to the logger ``sqlkit``.

A loss, a server that can't be reached and a queue that is full are WARNINGs, that the server is
back is INFO, and what happens every day is DEBUG. Fields are in ``extra``, their names begin with
``sqlkit_``.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from sqlkit.errors import CommitUnknown
from sqlkit.policy.words.lost import is_lost

if TYPE_CHECKING:
    from sqlkit.database.wire import AnyConnection

logger = logging.getLogger("sqlkit")

# Seconds between two warnings that the queue is full: under load each call would write one.
_QUIET = 1.0


class Events:
    """The events of one database's pool."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._told_exhausted = float("-inf")

    def opened(self, conn: AnyConnection, size: int) -> None:
        """A connection was opened."""
        self._tell(logging.DEBUG, "opened", f"a connection was opened, {size} in all", conn)

    def lost(self, conn: AnyConnection, error: BaseException | None) -> None:
        """The server or the network ended a connection, or it leads nowhere."""
        if isinstance(error, CommitUnknown):
            error = error.__cause__
        why = f": {_told(error)}" if error is not None else ""
        self._tell(logging.WARNING, "lost", f"a connection was lost{why}", conn, error)

    def discarded(self, conn: AnyConnection, why: str) -> None:
        """The pool closed a connection of its own accord."""
        self._tell(logging.DEBUG, "discarded", f"a connection was closed: {why}", conn)

    def drained(self, number: int, why: str) -> None:
        """All connections are replaced."""
        message = f"all connections are replaced, {number} of them idle: {why}"
        self._tell(logging.WARNING, "drained", message)

    def refused(self, error: BaseException, *, first: bool) -> None:
        """No connection could be opened; ``first`` since one could."""
        level = logging.WARNING if first else logging.DEBUG
        self._tell(level, "refused", f"no connection can be opened: {_told(error)}", None, error)

    def awaited(self, seconds: float) -> None:
        """It is waited for the server to start."""
        self._tell(logging.INFO, "awaited", f"waiting up to {seconds:g} s for the server to start")

    def recovered(self, seconds: float) -> None:
        """A connection could be opened again."""
        self._tell(logging.INFO, "recovered", f"connected again after {seconds:.1f} s")

    def exhausted(self, message: str) -> None:
        """A call was refused, since too many wait already."""
        now = time.monotonic()
        if now - self._told_exhausted >= _QUIET:
            self._told_exhausted = now
            self._tell(logging.WARNING, "exhausted", message)

    def _tell(
        self,
        level: int,
        event: str,
        message: str,
        conn: AnyConnection | None = None,
        error: BaseException | None = None,
    ) -> None:
        if not logger.isEnabledFor(level):
            return
        logger.log(
            level,
            "database %r: %s",
            self._database,
            message,
            extra={
                "sqlkit_event": f"connection_{event}",
                "sqlkit_database": self._database,
                "sqlkit_backend": None if conn is None else conn.backend,
                "sqlkit_error": None if error is None else type(error).__name__,
                "sqlkit_sqlstate": getattr(error, "sqlstate", None),
            },
        )


def _told(error: BaseException) -> str:
    """An error's message, if it says no more than that a connection was lost; else its name."""
    return " ".join(str(error).split()) if is_lost(error) else type(error).__name__
