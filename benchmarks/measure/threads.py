"""Ways in which many threads share the calls."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from benchmarks.measure.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from benchmarks.measure.sample import Way


@contextmanager
def threads(number: int) -> Generator[Callable[[Callable[[], object]], Way]]:
    """Makes ways whose calls are shared among so many threads, which are kept."""
    with ThreadPoolExecutor(number) as pool:
        yield lambda function: _together(pool, number, function)


def _together(pool: ThreadPoolExecutor, number: int, function: Callable[[], object]) -> Way:
    def calling(calls: int) -> list[float]:
        latencies: list[float] = []
        before = perf_counter()
        for _ in range(calls):
            function()
            now = perf_counter()
            latencies.append(now - before)
            before = now
        return latencies

    def way(calls: int) -> Sample:
        share = max(1, calls // number)
        begun, busy = perf_counter(), process_time()
        latencies = [one for part in pool.map(calling, [share] * number) for one in part]
        done = share * number
        took = perf_counter() - begun
        return Sample(took / done, (process_time() - busy) / done, latencies)

    return way
