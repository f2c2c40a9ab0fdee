"""The lanes of a database: connections besides its pool, which come and go."""

from __future__ import annotations

import weakref
from dataclasses import replace
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from sqlkit.database import wire
from sqlkit.database.pipeline.lane import Lane
from sqlkit.database.pool.async_pool import AsyncPool

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    import psycopg

    from sqlkit.database.pipeline.pipeline import Pipeline
    from sqlkit.database.settings import Settings
    from sqlkit.database.wire import AsyncPgConnection
    from sqlkit.statement import Variant

# While one is read from, the other is written to; more make the batches smaller.
_MOST = 2
# Seconds between two attempts to open one.
_PAUSE = 0.5


class Lanes:
    """The lanes, opened when they are needed, by a pool of their own."""

    _pool: AsyncPool

    def __init__(
        self,
        pipeline: Pipeline,
        settings: Settings,
        configure: Callable[[AsyncPgConnection], Awaitable[None]],
    ) -> None:
        self.all: list[Lane] = []
        self._pipeline = pipeline
        name = f"{settings.name}, lanes"
        self._settings = replace(settings, name=name, min_size=0, max_size=_MOST)
        self._configure = configure
        self._opening: asyncio.Task[None] | None = None
        self._not_before = -inf
        # What nobody has closed is closed when nobody has it any more.
        self._conns: set[AsyncPgConnection] = set()
        weakref.finalize(self, _finish, self._conns)

    def free(self, now: float) -> list[Lane]:
        """Those on which a batch may be sent; ends those whose time is over."""
        for lane in [lane for lane in self.all if now >= lane.conn.expires]:
            lane.end()
        return [lane for lane in self.all if lane.is_free]

    def learn_anew(self, variant: Variant) -> None:
        """Prepare a text again wherever it is prepared: it is stale."""
        for lane in self.all:
            if variant in lane.conn.bindings:
                lane.unknown.add(variant)

    # --- Open

    def begin(self) -> None:
        """Open lanes from now on."""
        self._not_before = -inf
        self._pool = AsyncPool(self._settings, self._configure)

    def open(self, now: float) -> None:
        """Open one more in the background, if there may be more."""
        if self._opening is None and len(self.all) < _MOST and now >= self._not_before:
            self._opening = self._pipeline.loop.create_task(self._opened())

    async def _opened(self) -> None:
        self._not_before = monotonic() + _PAUSE
        try:
            conn = await self._pool.take()
        except Exception:  # the pool has told; the ordinary way is there
            return
        finally:
            self._opening = None
        if self._is_late(conn):
            self._pool.give(conn)
            return
        known = {variant for lane in self.all for variant in lane.conn.bindings}
        self._conns.add(conn)
        self.all.append(Lane(conn, self._pipeline, known))

    def _is_late(self, conn: AsyncPgConnection) -> bool:
        """Whether it leads to a standby, which may lag behind the server of the pool."""
        is_standby = conn.info.parameter_status("in_hot_standby") == "on"
        return is_standby and not self._settings.read_only

    # --- Close

    def remove(self, lane: Lane, error: psycopg.Error | None) -> None:
        """A lane has ended, in an error perhaps."""
        self.all.remove(lane)
        self._conns.discard(lane.conn)
        self._pool.give(lane.conn, error)

    def end(self) -> None:
        """End all there are."""
        for lane in list(self.all):
            lane.end()

    def close(self) -> None:
        """End all there are, and open no more."""
        self.end()
        if self._opening is not None:
            self._opening.cancel()
        self._pool.close()

    def forget(self) -> None:
        """They belong to another loop, or to the process of which this is a fork."""
        for lane in self.all:
            lane.forget()
        self.all.clear()
        self._conns.clear()
        self._opening = None


def _finish(conns: set[AsyncPgConnection]) -> None:
    for conn in conns:
        wire.finish(conn)
