"""How many calls may be repeated in all, so that retries don't make an overload worse."""

from __future__ import annotations

import threading
import time
from itertools import count


class Budget:
    """A share of all calls, and a few a second on top, may be repeated.

    ``share``: of the calls that were made. ``each_second``: allowed without any. What isn't used is
    kept for ten seconds' worth, so that a burst of failures after a quiet hour is still bounded.
    """

    __slots__ = ("_left", "_lock", "_seen", "_since", "count", "each_second", "share")

    def __init__(self, share: float, each_second: float) -> None:
        self.share = share
        self.each_second = each_second
        self.count = count().__next__
        """Count a call. Under the GIL this is one step, and so is exact without a lock."""
        self._seen = -1
        self._left = each_second
        self._since = time.monotonic()
        self._lock = threading.Lock()

    def spend(self) -> bool:
        """Take one repetition out of the budget; False if there is none left."""
        with self._lock:
            self._refill(time.monotonic())
            if self._left < 1:
                return False
            self._left -= 1
            return True

    def _refill(self, now: float) -> None:
        seen = self.count()  # which counts this asking too
        of_calls = self.share * (seen - self._seen - 1)
        earned = of_calls + self.each_second * (now - self._since)
        self._left = min(self._left + earned, max(10 * self.each_second, of_calls))
        self._seen, self._since = seen, now
