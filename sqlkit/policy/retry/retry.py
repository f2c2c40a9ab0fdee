"""Make a call again that failed for a reason which may be gone the next time."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlkit.errors import CircuitOpen
from sqlkit.policy.flow import Policy
from sqlkit.policy.retry.budget import Budget
from sqlkit.policy.retry.jitter import full_jitter
from sqlkit.policy.retry.repeatable import may_repeat
from sqlkit.policy.retry.verdict import Verdict, verdict
from sqlkit.policy.setting import check
from sqlkit.policy.shortcut import Shortcut
from sqlkit.policy.words.label import title

if TYPE_CHECKING:
    from sqlkit.policy.call import Call
    from sqlkit.statement import Query

logger = logging.getLogger("sqlkit")

_FAILURES = 5
_CONFLICTS_WITHOUT_DEADLINE = 20


@dataclass(frozen=True, slots=True)
class Retry(Policy):
    """Repeat what failed, if that can't do a thing twice and may help.

    Decided by SQLSTATE, by how far the call had got, and by whether its query may run twice: see
    `sqlkit.policy.retry.verdict`. Inside a transaction nothing is repeated; `Database.transact`
    repeats a whole one. A query that says ``@retry never`` isn't repeated at all, nor is a
    ``:copy``.

    ``attempts``: the most in all, the first included. None: conflicts with others (40001, 40P01)
    are repeated until the deadline, and of other failures the fifth is the last. Pauses are full
    jitter: anything between 0 and ``base`` seconds, which doubles each time up to ``cap``. A pause
    never outlasts the deadline. ``budget`` is the share of calls that may be repeated (conflicts
    don't count, they are no overload), besides ``each_second`` repetitions a second.
    """

    attempts: int | None = None
    base: float = 0.05
    cap: float = 2.0
    budget: float = 0.2
    each_second: float = 10.0
    _budget: Budget = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.attempts is not None:
            check(self, "attempts, the first included", "attempts", least=1, whole=True)
        check(self, "seconds", "base", "cap", least=0)
        check(self, "repetitions for each call", "budget", least=0)
        check(self, "repetitions a second", "each_second", least=0)
        object.__setattr__(self, "_budget", Budget(self.budget, self.each_second))

    def shortcut(self, *, inside: bool) -> Shortcut:
        """One call more, of which a share may be repeated."""
        return Shortcut(count=self._budget.count)

    def leave(self, call: Call, entered: Any) -> float | None:
        """The pause before the next attempt, if there is to be one."""
        if call.attempts == 1:
            self._budget.count()
        error = call.error
        if error is None or call.inside or not _allows(call.query):
            return None
        if self.attempts is not None and call.attempts >= self.attempts:
            return None
        pause = self._pause(call, error)
        if pause is None or time.monotonic() + pause >= call.deadline:
            return None
        _log(call, error, pause)
        return pause

    def _pause(self, call: Call, error: BaseException) -> float | None:
        if isinstance(error, CircuitOpen):
            return error.retry_after if self._has_more(call) else None
        decided = verdict(error, call.phase, may_repeat=may_repeat(call), standby=call.standby)
        if not self._may_go_on(call, decided):
            return None
        return full_jitter(call.attempts, self.base, self.cap)

    def _may_go_on(self, call: Call, decided: Verdict) -> bool:
        if decided == "conflict":
            return call.deadline < math.inf or call.attempts < _CONFLICTS_WITHOUT_DEADLINE
        return decided == "again" and self._has_more(call) and self._budget.spend()

    def _has_more(self, call: Call) -> bool:
        # Conflicts before it are no reason to give up after a loss.
        call.failures += 1
        return self.attempts is not None or call.failures < _FAILURES


def _allows(query: Query[Any] | None) -> bool:
    # A copy has read some of its rows by the time it fails: the next attempt would lack them.
    return query is None or (query.retry and query.kind != "copy")


def _log(call: Call, error: BaseException, pause: float) -> None:
    state = getattr(error, "sqlstate", None)
    logger.info(
        "%s: attempt %d failed (%s), the next one in %.3f s",
        title(call),
        call.attempts,
        state or type(error).__name__,
        pause,
        extra={
            "sqlkit_event": "retry",
            "sqlkit_query": call.name,
            "sqlkit_database": call.database,
            "sqlkit_attempts": call.attempts,
            "sqlkit_sqlstate": state,
            "sqlkit_error": type(error).__name__,
            "sqlkit_pause": pause,
        },
    )
