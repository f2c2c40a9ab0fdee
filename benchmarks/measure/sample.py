"""A way of doing a piece of work, and one sample of it: many calls in a row, timed.

The clock is read once a call, so that a sample has the latency of each; that takes some 60 ns, of
every way alike.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from time import perf_counter, process_time
from typing import NamedTuple, TypeAlias


class Sample(NamedTuple):
    """Seconds a call, client's CPU seconds a call (None: unknown), and each call's latency."""

    seconds: float
    cpu: float | None
    latencies: list[float]


Way: TypeAlias = Callable[[int], Sample]
"""Does the work so many times."""

Ways: TypeAlias = dict[str, Way]


def each(function: Callable[[], object]) -> Way:
    """Call after call, one after the other."""

    def way(calls: int) -> Sample:
        stamps = [perf_counter()]
        stamp = stamps.append
        busy = process_time()
        for _ in range(calls):
            function()
            stamp(perf_counter())
        return of_stamps(stamps, process_time() - busy)

    return way


def each_after(before: Callable[[], object], function: Callable[[], object]) -> Way:
    """As `each`, with something done before each call that isn't timed."""

    def way(calls: int) -> Sample:
        latencies: list[float] = []
        busy = 0.0
        for _ in range(calls):
            before()
            begun, begun_busy = perf_counter(), process_time()
            function()
            latencies.append(perf_counter() - begun)
            busy += process_time() - begun_busy
        return Sample(sum(latencies) / calls, busy / calls, latencies)

    return way


def of_stamps(stamps: list[float], busy: float) -> Sample:
    """The sample of calls that began where the one before ended."""
    calls = len(stamps) - 1
    latencies = [end - begin for begin, end in pairwise(stamps)]
    return Sample((stamps[-1] - stamps[0]) / calls, busy / calls, latencies)
