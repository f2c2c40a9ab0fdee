"""How the calls of the last seconds went, counted in buckets. Pure."""

from __future__ import annotations

from collections import deque
from itertools import count
from math import inf

BUCKETS = 10


class Bucket:
    """The calls that ended during a tenth of a window."""

    __slots__ = ("calls", "failures", "slow", "tick")

    def __init__(self, tick: int) -> None:
        self.tick = tick
        self.calls = self.failures = self.slow = 0


class Window:
    """Counts of calls, failures and slow calls, which forget what is older than ``seconds``.

    Adding a call costs the same however many there are. A bucket is forgotten as a whole, so what
    is counted goes back between nine and ten tenths of ``seconds``. All but `succeed` needs a lock
    where there are threads.
    """

    __slots__ = ("_last", "_older", "_seen", "_width", "ends", "row", "succeed")

    def __init__(self, seconds: float, now: float) -> None:
        self._width = seconds / BUCKETS
        self._older: deque[Bucket] = deque()
        self._begin(int(now // self._width))
        self._seen = -1
        self.succeed = count().__next__
        """Count a call that went well, and was not slow, before the moment ``ends``.

        Nearly all do. Under the GIL this is one step, and so is exact without a lock; what it has
        counted is gathered when the rest of the window is looked at."""
        self.row = 0
        """How many calls failed since the last that did not, whenever that was."""

    def add(self, now: float, *, failed: bool = False, slow: bool = False) -> None:
        """Count a call that ended at a moment."""
        self.forget(now)
        last = self._last
        last.calls += 1
        if slow:
            last.slow += 1
        if failed:
            last.failures += 1
            self.row += 1
        else:
            self.row = 0

    def close(self) -> None:
        """Its breaker looks at it no more."""
        self.ends = -inf

    def forget(self, now: float) -> None:
        """Drop what is too old at a moment; one that is past already changes nothing."""
        self._gather()
        if now < self.ends:
            return
        tick = int(now // self._width)
        self._older.append(self._last)
        while self._older and self._older[0].tick <= tick - BUCKETS:
            self._older.popleft()
        self._begin(tick)

    def _begin(self, tick: int) -> None:
        self._last = Bucket(tick)
        self.ends = (tick + 1) * self._width

    def _gather(self) -> None:
        seen = self.succeed()  # which counts this asking too
        new = seen - self._seen - 1
        self._seen = seen
        if new:
            self._last.calls += new
            self.row = 0

    def counts(self) -> tuple[int, int, int]:
        """How many calls, failures and slow calls there were."""
        self._gather()
        buckets = (*self._older, self._last)
        return (
            sum(bucket.calls for bucket in buckets),
            sum(bucket.failures for bucket in buckets),
            sum(bucket.slow for bucket in buckets),
        )
