"""Timing several ways of one work in turn, so that a machine whose speed drifts does so for all."""

from __future__ import annotations

import gc
import statistics
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure: rounds, and calls of each way in a round."""

    rounds: int
    calls: int


FULL = Effort(rounds=31, calls=400)
QUICK = Effort(rounds=7, calls=100)


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds a call, one for each round, of each way."""

    rounds: Mapping[str, list[float]]

    def median(self, way: str) -> float:
        """The median over the rounds, in seconds a call."""
        return statistics.median(self.rounds[way])

    def spread(self, way: str) -> float:
        """Half the distance between the quartiles, as a part of the median."""
        low, _, high = statistics.quantiles(self.rounds[way], n=4)
        return (high - low) / 2 / self.median(way)

    def ratio(self, way: str, baseline: str) -> float:
        """The median of the ratios, round by round."""
        pairs = zip(self.rounds[way], self.rounds[baseline], strict=True)
        return statistics.median(mine / theirs for mine, theirs in pairs)


def interleaved(ways: Mapping[str, Callable[[], object]], effort: Effort) -> Measured:
    """Time each way ``effort.calls`` times, one after the other, ``effort.rounds`` times over."""
    found: dict[str, list[float]] = {way: [] for way in ways}
    for function in ways.values():
        _calls(function, effort.calls)
    for _ in range(effort.rounds):
        for way, function in ways.items():
            found[way].append(_calls(function, effort.calls))
    return Measured(found)


async def interleaved_async(
    ways: Mapping[str, Callable[[], Awaitable[object]]], effort: Effort
) -> Measured:
    """`interleaved`, awaited."""
    found: dict[str, list[float]] = {way: [] for way in ways}
    for function in ways.values():
        await _calls_async(function, effort.calls)
    for _ in range(effort.rounds):
        for way, function in ways.items():
            found[way].append(await _calls_async(function, effort.calls))
    return Measured(found)


def _calls(function: Callable[[], object], calls: int) -> float:
    gc.collect()
    begun = perf_counter()
    for _ in range(calls):
        function()
    return (perf_counter() - begun) / calls


async def _calls_async(function: Callable[[], Awaitable[object]], calls: int) -> float:
    gc.collect()
    begun = perf_counter()
    for _ in range(calls):
        await function()
    return (perf_counter() - begun) / calls
