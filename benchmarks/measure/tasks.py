"""Ways that are awaited: an event loop that runs only while one of its ways is sampled.

So ways that wait and ways that block can be interleaved, and loops of different kinds too.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Self, TypeVar

from benchmarks.measure.sample import Sample, Way, of_stamps

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType
    from typing import Any

T = TypeVar("T")


class Tasks:
    """An event loop; leaving it closes what was entered on it."""

    def __init__(self, loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None) -> None:
        self._runner = asyncio.Runner(loop_factory=loop_factory)
        self._opened = AsyncExitStack()

    def enter(self, make: Callable[[], AbstractAsyncContextManager[T]]) -> T:
        """Make an asynchronous context on the loop and enter it, until the loop is left."""

        async def entering() -> T:
            return await self._opened.enter_async_context(make())

        return self.run(entering())

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine."""
        return self._runner.run(coroutine)

    def each(self, function: Callable[[], Awaitable[object]]) -> Way:
        """One task: call after call."""

        async def calling(calls: int) -> Sample:
            stamps = [perf_counter()]
            stamp = stamps.append
            busy = process_time()
            for _ in range(calls):
                await function()
                stamp(perf_counter())
            return of_stamps(stamps, process_time() - busy)

        return lambda calls: self.run(calling(calls))

    def together(self, function: Callable[[], Awaitable[object]], tasks: int) -> Way:
        """Many tasks share the calls; seconds a call are those of all calls together."""

        async def calling(calls: int, latencies: list[float]) -> None:
            before = perf_counter()
            for _ in range(calls):
                await function()
                now = perf_counter()
                latencies.append(now - before)
                before = now

        async def all_calling(calls: int) -> Sample:
            share = max(1, calls // tasks)
            latencies: list[float] = []
            begun, busy = perf_counter(), process_time()
            await asyncio.gather(*(calling(share, latencies) for _ in range(tasks)))
            done = share * tasks
            took = perf_counter() - begun
            return Sample(took / done, (process_time() - busy) / done, latencies)

        return lambda calls: self.run(all_calling(calls))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self.run(self._opened.aclose())
        finally:
            self._runner.close()
