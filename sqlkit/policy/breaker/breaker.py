"""Refuse calls at once while a server can't answer them, and find out when it can again."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from math import inf
from threading import RLock
from typing import TYPE_CHECKING, TypeAlias

from sqlkit.policy.breaker.blame import End, Says, is_timed, says
from sqlkit.policy.breaker.changes import Change, Statistics, log
from sqlkit.policy.breaker.circuit import Closed, Forced, HalfOpen, Open, Period, State, refusal
from sqlkit.policy.breaker.window import Window
from sqlkit.policy.flow import Policy
from sqlkit.policy.setting import check, check_classes
from sqlkit.policy.shortcut import Shortcut, Until
from sqlkit.policy.words.outcome import named

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit.policy.call import Call
    from sqlkit.policy.pooled import Pooled

# The period that a call began in; and when, and the number of its permit, where those matter.
Entered: TypeAlias = "Closed | tuple[Period, float, int]"


@dataclass(slots=True, eq=False, repr=False, kw_only=True)
class Breaker(Policy):
    """Refuse calls with `CircuitOpen` while too many fail; one for each database.

    Closed, it counts how calls end. It opens when ``failure_rate`` of those in the last ``window``
    seconds have failed, ``minimum_calls`` being the fewest to judge by; or when as many as that
    failed in a row, however many went well before. Then all are refused for ``open_for`` seconds.
    After that it is half open: ``permits`` calls are let through to try. As many successes close
    it, one failure opens it again. A permit whose call isn't heard of for ``lease`` seconds is
    given to another.

    What a failure is goes by SQLSTATE, see `sqlkit.policy.breaker.blame`: errors that say the
    server is out of reach or unwell. Exceptions of the classes ``included`` are failures too, those
    of ``excluded`` aren't. All other errors count neither way. A call that took ``slow`` seconds or
    more is slow; ``slow_rate`` of the calls being slow opens it as well.

    ``name`` is for logs and errors; a database gives its own. ``clock`` tells seconds that never
    go back. Raises ValueError for a setting out of its range, TypeError for one that is no number,
    or no tuple of exception classes.
    """

    failure_rate: float = 0.5
    minimum_calls: int = 20
    window: float = 30.0
    slow: float = inf
    slow_rate: float = 0.8
    open_for: float = 0.5
    permits: int = 3
    lease: float = 5.0
    included: tuple[type[BaseException], ...] = ()
    excluded: tuple[type[BaseException], ...] = ()
    name: str = ""
    clock: Callable[[], float] = time.monotonic
    _period: Period = field(init=False)
    _otherwise: Until = field(default_factory=lambda: Until(0.0), init=False)
    _lock: RLock = field(init=False)
    _again: bool = field(default=False, init=False)
    _why: str = field(default="", init=False)
    _refused: int = field(default=0, init=False)
    _opened: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        check(self, "failures for each call", "failure_rate", above=0, most=1)
        check(self, "slow calls for each call", "slow_rate", above=0, most=1)
        check(self, "calls", "minimum_calls", "permits", least=1, whole=True)
        check(self, "seconds", "window", "slow", "open_for", "lease", above=0)
        check_classes(self, "included", "excluded")
        # Reentrant, for a signal handler or finalizer that makes a call while it is held.
        self._lock = RLock()
        self._period = self._closed()

    def attach(self, database: Pooled) -> None:
        """Take the database's name.

        Several may share it if they have the same name, as a `Database` and an `AsyncDatabase` of
        one server do. Raises ValueError for another one: a server that is down must not take
        those that are up with it.
        """
        if self.name not in ("", database.name):
            raise ValueError(
                f"this Breaker is of {self.name!r}: database {database.name!r} needs its own"
            )
        self.name = database.name

    def shortcut(self, *, inside: bool) -> Shortcut | None:
        """While it is closed, one success more: see `enter` and `leave`."""
        if inside:
            return Shortcut()
        if self.slow < inf or self.clock is not time.monotonic:
            return None
        period = self._period
        if not isinstance(period, Closed):
            return Shortcut(lasts=self._otherwise)
        return Shortcut(entered=period, lasts=period.window, count=period.window.succeed)

    def enter(self, call: Call) -> Entered | None:
        """Let a call through, or raise `CircuitOpen`."""
        if call.inside:
            # A transaction is ended by statements too: refusing one would keep its locks and its
            # connection. And one loss would be counted for each statement that comes after it.
            return None
        period = self._period
        if isinstance(period, Closed):
            # Without the lock: a call that just misses the end of a period belongs to it.
            return period if self.slow == inf else (period, self.clock(), 0)
        return self._ask(call)

    def leave(self, call: Call, entered: Entered | None) -> None:
        """Count how a call ended."""
        if entered is None:
            return
        now = self.clock()
        if isinstance(entered, tuple):
            period, began, probe = entered
        else:
            period, began, probe = entered, now, 0
        went_well = call.error is None and now - began < self.slow
        if went_well and isinstance(period, Closed) and now < period.window.ends:
            # How nearly all calls end. If the period is over, nobody looks at its window any more.
            period.window.succeed()
            return
        said: Says = "well" if call.error is None else self._judge(call.error)
        end = End(now, said, now - began >= self.slow and is_timed(call), call.error)
        with self._lock:
            change = self._count(period, probe, end)
        if change is not None:
            log(change)

    @property
    def state(self) -> State:
        """``closed``, ``open``, ``half_open``, ``forced_open`` or ``forced_closed``.

        Open becomes half open with the first call that comes after ``open_for``, not before.
        """
        return self._period.state

    def statistics(self) -> Statistics:
        """Its state and its counts at this moment."""
        with self._lock:
            return self._statistics(self.clock())

    def force_open(self) -> None:
        """Refuse every call until told otherwise, for maintenance say."""
        self._force(Forced("forced_open"))

    def force_closed(self) -> None:
        """Let every call through until told otherwise, and count none."""
        self._force(Forced("forced_closed"))

    def reset(self) -> None:
        """Close it, as if nothing had been called yet."""
        self._force(self._closed())

    def __repr__(self) -> str:
        now = self.statistics()
        counts = f", {now.failures} of {now.calls} calls failed" if now.calls else ""
        return f"<Breaker {self.name or '(no name)'}: {now.state}{counts}>"

    def _ask(self, call: Call) -> Entered:
        with self._lock:
            now = self.clock()
            change = self._half_open(now)
            period = self._period
            probe, wait = period.admit(now), period.wait(now)
            self._refused += probe is None
        if change is not None:
            log(change)
        if probe is None:
            raise refusal(self.name or call.name, period, self._why, wait)
        return period, now, probe

    def _half_open(self, now: float) -> Change | None:
        period = self._period
        if isinstance(period, Open) and now >= period.until:
            return self._begin(HalfOpen(self.permits, self.lease, self.open_for), now)
        return None

    def _judge(self, error: BaseException) -> Says:
        if isinstance(error, self.excluded):
            return "nothing"
        return "ill" if isinstance(error, self.included) else says(error)

    def _count(self, period: Period, probe: int, end: End) -> Change | None:
        if period is not self._period:
            return None
        if isinstance(period, Closed) and end.said != "nothing":
            why = period.count(end.at, failed=end.failed, slow=end.slow)
            if why is not None:
                return self._open(end, why)
        elif isinstance(period, HalfOpen):
            if end.failed or (end.slow and end.said == "well"):
                return self._open(
                    end, "calls to try failed" if end.failed else "calls to try were slow"
                )
            if period.settle(probe, well=end.said == "well"):
                return self._begin(self._closed(), end.at)
        return None

    def _open(self, end: End, why: str) -> Change:
        error = end.error if end.failed else None
        self._why = why if error is None else f"{why}, the last with {named(error)}"
        change = self._begin(Open(end.at + self.open_for), end.at)
        return change._replace(why=self._why, error=error)

    def _closed(self) -> Closed:
        window = Window(self.window, self.clock())
        return Closed(window, self.minimum_calls, self.failure_rate, self.slow_rate)

    def _force(self, period: Period) -> None:
        with self._lock:
            change = self._begin(period, self.clock())
        log(change)

    def _begin(self, period: Period, now: float) -> Change:
        change = Change(self.name, self._statistics(now), period.state, again=self._again)
        self._again = isinstance(self._period, HalfOpen) and isinstance(period, Open)
        self._opened += isinstance(period, Open) and not self._again
        if isinstance(self._period, Closed):
            self._period.window.close()
        self._otherwise.ends, self._otherwise = -inf, Until(0.0)
        self._period = period
        return change

    def _statistics(self, now: float) -> Statistics:
        period = self._period
        calls = failures = slow = 0
        if isinstance(period, Closed):
            period.window.forget(now)
            calls, failures, slow = period.window.counts()
        probes = period.probes if isinstance(period, HalfOpen) else 0
        return Statistics(period.state, calls, failures, slow, probes, self._refused, self._opened)
