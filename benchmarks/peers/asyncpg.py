"""asyncpg: its pool, its pool without the reset at each release, and a connection that is held."""

from __future__ import annotations

from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from benchmarks.measure.tasks import Tasks

POOL = "asyncpg, pool"
NO_RESET = "asyncpg, pool, reset off"
HELD = "asyncpg, connection held"


def pool(tasks: Tasks, url: str, size: int = 1) -> Any:
    """Its pool as it comes: what a connection was set to is reset at each release."""
    asyncpg = import_module("asyncpg")
    return tasks.enter(lambda: asyncpg.create_pool(url, min_size=size, max_size=size))


def pool_without_reset(tasks: Tasks, url: str, size: int = 1) -> Any:
    """Its pool for those who set nothing on a connection: a round trip less."""
    asyncpg = import_module("asyncpg")
    return tasks.enter(
        lambda: asyncpg.create_pool(url, min_size=size, max_size=size, reset=_nothing)
    )


def held(tasks: Tasks, url: str) -> Any:
    """One connection, without a pool."""
    asyncpg = import_module("asyncpg")
    return tasks.enter(lambda: _held(asyncpg, url))


@asynccontextmanager
async def _held(asyncpg: Any, url: str) -> AsyncGenerator[Any]:
    conn = await asyncpg.connect(url)
    try:
        yield conn
    finally:
        await conn.close()


async def _nothing(_: Any) -> None:
    """What is done to a connection that comes back."""
