"""Limit how long a whole call may take: its waits, its attempts and the pauses between them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlkit.errors import DeadlineExceeded
from sqlkit.policy.flow import Policy
from sqlkit.policy.setting import check
from sqlkit.policy.shortcut import Shortcut

if TYPE_CHECKING:
    from sqlkit.policy.call import Call


@dataclass(frozen=True, slots=True)
class Timeout(Policy):
    """End a call after so many seconds, or after what its query says by ``@timeout``.

    Waiting for a connection, connecting, the statement, and attempts with the pauses between them
    share the time. A call inside `sqlkit.deadline` ends then if that is sooner. What takes longer
    raises `DeadlineExceeded`.

    As a decorator it ends a coroutine function wherever it waits. A plain function can't be ended
    from outside: the calls of a database inside it are.
    """

    seconds: float = 30.0

    def __post_init__(self) -> None:
        check(self, "seconds", "seconds", above=0)

    def shortcut(self, *, inside: bool) -> Shortcut:
        """The same limit."""
        return Shortcut(limit=self.seconds)

    def enter(self, call: Call) -> None:
        """Set the moment by which all of the call must be done, unless an earlier one is set.

        Raises `DeadlineExceeded` if that has passed.
        """
        query = call.query
        seconds = self.seconds if query is None or query.timeout is None else query.timeout
        now = call.began if call.attempts == 1 else time.monotonic()
        if call.deadline <= now:
            # Before a breaker sees it: the server is not to blame.
            raise DeadlineExceeded(f"{call.name}: its deadline had passed before it was called")
        if now + seconds < call.deadline:
            call.deadline = now + seconds
