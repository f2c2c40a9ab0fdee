"""What must stay right while it is fast: quick slices; ``make soak`` has the full sizes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from tests.database.pooler.conftest import pgbouncer as pgbouncer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")


@pytest.fixture(params=["asyncio", "uvloop"])
def on_loop(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine to its end, in a new loop of each kind."""
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
    if request.param == "uvloop":
        loops["uvloop"] = pytest.importorskip("uvloop").new_event_loop

    def run(work: Coroutine[Any, Any, T]) -> T:
        with asyncio.Runner(loop_factory=loops[request.param]) as runner:
            return runner.run(work)

    return run
