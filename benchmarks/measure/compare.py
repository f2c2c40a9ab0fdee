"""Whether a run is slower than an earlier one, by more than noise explains.

Machines differ, and so does one machine from hour to hour; so ratios are compared: sqlkit's time
as part of a baseline's of the same run. The bound comes from the spread of the rounds: the median
of n rounds is off by about 1.25 s/√n, s being the standard deviation (estimated from the quartiles,
which outliers don't move). What differs between two runs by more than `SURE` times that of both
together, and by more than `LEAST`, is a change. The latter is what memory layout and hash seeds
alone do from process to process.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, hypot, log, sqrt
from statistics import median, quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.measure.result import Result, Run

SURE = 4.0
LEAST = 0.05
_NORMAL_QUARTILES = 1.349  # the distance of a normal distribution's quartiles, in deviations


@dataclass(frozen=True, slots=True)
class Change:
    """A ratio before and now; ``bound`` is how much larger it may be by noise, as a factor."""

    benchmark: str
    way: str
    against: str
    before: float
    now: float
    bound: float

    @property
    def factor(self) -> float:
        """How many times what it was; above 1 is slower."""
        return self.now / self.before

    @property
    def is_regression(self) -> bool:
        """Slower, by more than noise explains."""
        return self.factor > self.bound

    @property
    def is_gain(self) -> bool:
        """Faster, by more than noise explains."""
        return self.factor < 1 / self.bound


def compare(before: Run, now: Run, least: float = LEAST) -> list[Change]:
    """The ratios that both runs have; changes of less than ``least`` are never regressions."""
    earlier = {result.name: result for result in before.results}
    return [
        change
        for result in now.results
        if result.name in earlier and earlier[result.name].pinned == result.pinned
        for change in _changes(earlier[result.name], result, least)
    ]


def _changes(before: Result, now: Result, least: float) -> Iterator[Change]:
    for way, against in now.baselines():
        if {way, against} <= before.ways.keys():
            earlier = before.ways[way].ratios(before.ways[against])
            present = now.ways[way].ratios(now.ways[against])
            bound = max(1 + least, exp(SURE * hypot(_error(earlier), _error(present))))
            yield Change(now.name, way, against, median(earlier), median(present), bound)


def _error(ratios: Sequence[float]) -> float:
    """The standard error of the median of the ratios' logarithms."""
    low, _, high = quantiles(map(log, ratios), n=4, method="inclusive")
    return 1.2533 * (high - low) / _NORMAL_QUARTILES / sqrt(len(ratios))
