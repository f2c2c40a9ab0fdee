"""An `AsyncDatabase` for ways whose event loop stands still while others are sampled."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlkit import AsyncDatabase

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@asynccontextmanager
async def async_database(
    url: str, *, size: int = 1, pipeline: bool = False
) -> AsyncGenerator[AsyncDatabase]:
    """A database with so many connections, all of them open.

    A pool is filled in the background, and a connection that was begun when the loop was stopped
    would have timed out by the time it goes on.
    """
    async with AsyncDatabase(url, min_size=size, max_size=size, pipeline=pipeline) as db:
        while db.pool_statistics()["size"] < size:  # noqa: ASYNC110  nothing tells when it is full
            await asyncio.sleep(0.01)
        yield db
