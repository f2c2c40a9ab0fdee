"""How latencies are distributed, from their percentiles: a smooth curve on a logarithmic axis."""

from __future__ import annotations

from bisect import bisect_right
from math import exp, log
from typing import TYPE_CHECKING

from benchmarks.measure.result import PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

DRAWN = 300
WIDTH = 0.035  # of the kernel, in natural logarithms: 3.5 %


def density(percentiles: Sequence[float], values: Sequence[float]) -> list[float]:
    """At each of the values, how many latencies are near; the greatest is 1."""
    points = [log(quantile(percentiles, (n + 0.5) / DRAWN * 100)) for n in range(DRAWN)]
    heights = [
        sum(exp(-(((log(value) - point) / WIDTH) ** 2) / 2) for point in points) for value in values
    ]
    top = max(heights) or 1.0
    return [height / top for height in heights]


def quantile(percentiles: Sequence[float], part: float) -> float:
    """The latency that so many percent are below, between the percentiles that were kept."""
    right = min(max(bisect_right(PARTS, part), 1), len(PARTS) - 1)
    low, high = PARTS[right - 1], PARTS[right]
    share = (part - low) / (high - low)
    return exp(log(percentiles[right - 1]) * (1 - share) + log(percentiles[right]) * share)
