"""The states of a circuit breaker, each a period between two changes of state. Pure.

A call belongs to the period that it began in. What comes of it when that period is over says
nothing about the server as it is now, and changes nothing: the period is its generation.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Literal, TypeAlias

from sqlkit.errors import CircuitOpen

if TYPE_CHECKING:
    from sqlkit.policy.breaker.window import Window

State: TypeAlias = Literal["closed", "open", "half_open", "forced_open", "forced_closed"]


class Closed:
    """Every call is let through, and counted, until too many of those in the window go wrong."""

    __slots__ = ("_failure_rate", "_minimum", "_slow_rate", "window")
    state: State = "closed"

    def __init__(self, window: Window, minimum: int, failure_rate: float, slow_rate: float) -> None:
        self.window = window
        self._minimum = minimum
        self._failure_rate = failure_rate
        self._slow_rate = slow_rate

    def admit(self, _now: float) -> int | None:
        """A number, if a call may pass, by which `HalfOpen.settle` knows it."""
        return 0

    def wait(self, _now: float) -> float:
        """Seconds after which a call that may not pass should try again."""
        return 0.0

    def count(self, now: float, *, failed: bool, slow: bool) -> str | None:
        """Count a call that ended; says what is too much, if it was one too many."""
        self.window.add(now, failed=failed, slow=slow)
        return self._too_much() if failed or slow else None

    def _too_much(self) -> str | None:
        calls, failures, slow = self.window.counts()
        if calls < self._minimum:
            return None
        # For a server that has just gone, one needn't wait until what went well before is
        # forgotten. (They are in the window, as enough calls are.)
        if self.window.row >= self._minimum:
            return f"{self.window.row} calls in a row failed"
        if failures / calls >= self._failure_rate:
            return f"{failures} of {calls} calls failed"
        return f"{slow} of {calls} calls were slow" if slow / calls >= self._slow_rate else None


class Open:
    """No call is let through, until a moment that ends the period."""

    __slots__ = ("until",)
    state: State = "open"

    def __init__(self, until: float) -> None:
        self.until = until

    def admit(self, _now: float) -> int | None:
        """None."""

    def wait(self, now: float) -> float:
        """Until that moment."""
        return max(0.0, self.until - now)


class HalfOpen:
    """A few calls are let through, to see how the server does; as many successes end the period.

    Each has a lease: a call of which nothing is heard for so long, because its thread died or the
    network swallowed it, keeps no other from trying. It still counts when it is heard of later.
    """

    __slots__ = ("_issued", "_lease", "_pause", "_permits", "_probes", "passed")
    state: State = "half_open"

    def __init__(self, permits: int, lease: float, pause: float) -> None:
        self._permits = permits
        self._lease = lease
        self._pause = pause
        self._probes: dict[int, float] = {}
        self._issued = 0
        self.passed = 0

    @property
    def probes(self) -> int:
        """How many calls are on their way."""
        return len(self._probes)

    def admit(self, now: float) -> int | None:
        """A permit's number, or None if all are in use."""
        self._probes = {n: ends for n, ends in self._probes.items() if ends > now}
        if len(self._probes) + self.passed >= self._permits:
            return None
        self._issued += 1
        self._probes[self._issued] = now + self._lease
        return self._issued

    def wait(self, now: float) -> float:
        """A moment, since the calls under way may be done by then; no longer than their lease."""
        return min([self._pause, *(ends - now for ends in self._probes.values())])

    def settle(self, probe: int, *, well: bool) -> bool:
        """Give a permit back; True if enough calls have gone well now."""
        self._probes.pop(probe, None)
        self.passed += well
        return self.passed >= self._permits


class Forced:
    """Every call, or none, is let through until someone says otherwise; nothing is counted."""

    __slots__ = ("state",)

    def __init__(self, state: Literal["forced_open", "forced_closed"]) -> None:
        self.state: State = state

    def admit(self, _now: float) -> int | None:
        """A number for all, or for none."""
        return 0 if self.state == "forced_closed" else None

    def wait(self, _now: float) -> float:
        """Nobody knows."""
        return inf


Period: TypeAlias = Closed | Open | HalfOpen | Forced


def refusal(name: str, period: Period, why: str, wait: float) -> CircuitOpen:
    """The error for a call that a period doesn't let through; ``why`` the breaker has opened."""
    if isinstance(period, Forced):
        why = "the breaker was opened by hand"
    again = "" if wait == inf else f"; next try in {wait:.3g} s"
    return CircuitOpen(f"{name}: refused, since {why}{again}", retry_after=wait)
