"""A histogram of prometheus_client that takes many values at once."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from prometheus_client import Histogram

if TYPE_CHECKING:
    from collections.abc import Sequence


class Durations(Histogram):
    """A histogram that counts some hundred values for the price of a few.

    What it uses of its base class is not public, so a test compares it with ``observe``.
    """

    def observe_all(self, values: Sequence[float]) -> None:
        """Count each value, in seconds."""
        self._sum.inc(sum(values))  # pyright: ignore[reportUnknownMemberType] # half annotated
        ordered, counted = sorted(values), 0
        for place, bound in enumerate(self._upper_bounds):
            upto = bisect_right(ordered, bound, counted)
            if upto > counted:
                self._buckets[place].inc(upto - counted)  # pyright: ignore[reportUnknownMemberType]
                counted = upto
