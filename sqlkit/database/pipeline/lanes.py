"""The lanes of a database, and the reads that wait for one."""

from __future__ import annotations

import asyncio
import weakref
from asyncio import get_running_loop
from collections import deque
from dataclasses import replace
from math import ceil, inf
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlkit.database import wire
from sqlkit.database.pipeline.joining import may_join
from sqlkit.database.pipeline.lane import Lane
from sqlkit.database.pipeline.read import ELSEWHERE, Read
from sqlkit.database.pipeline.resting import Resting
from sqlkit.database.pool.async_pool import AsyncPool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import psycopg

    from sqlkit.database.settings import Settings
    from sqlkit.database.wire import AsyncPgConnection
    from sqlkit.policy.call import Call
    from sqlkit.statement import Query, Statement, Variant

T = TypeVar("T")

MOST_LANES = 2
# A batch of more would keep the others waiting; with less it isn't worth its Sync.
_MOST = 128
_FEWEST = 8
# Seconds: how often it is looked for what takes too long; how long a read waits for a lane; and how
# long no lane is opened after that failed.
_TICK = 0.005
_WAIT = 0.1
_PAUSE = 0.5


class Lanes:
    """A few connections besides a database's pool, opened when they are needed.

    They belong to one event loop; in another one, or in a forked child, there are others.
    """

    loop: asyncio.AbstractEventLoop
    _pool: AsyncPool

    def __init__(
        self, settings: Settings, configure: Callable[[AsyncPgConnection], Awaitable[None]]
    ) -> None:
        name = f"{settings.name}, lanes"
        self._settings = replace(settings, name=name, min_size=0, max_size=MOST_LANES)
        self._configure = configure
        self.resting = Resting()
        self._joining: dict[Query[Any], bool] = {}
        self._is_open = False
        self._lanes: list[Lane] = []
        self._waiting: deque[Read] = deque()
        self._is_due = False
        self._soonest = inf
        self._timer: asyncio.TimerHandle | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._opening: asyncio.Task[None] | None = None
        self._not_before = -inf
        # What nobody has closed is closed when nobody has it any more.
        self._conns: set[AsyncPgConnection] = set()
        weakref.finalize(self, _finish, self._conns)

    @classmethod
    def of(
        cls, settings: Settings, configure: Callable[[AsyncPgConnection], Awaitable[None]]
    ) -> Lanes:
        """The lanes of a database. Raises ValueError behind a pooler."""
        if settings.pooler is not None:
            raise ValueError(
                "pipeline=True needs connections to PostgreSQL itself: behind a pooler in "
                "transaction mode nothing stays prepared, and each call has settings of its own"
            )
        return cls(settings, configure)

    def may_join(self, query: Query[Any]) -> bool:
        """Whether calls of a query may go on a lane."""
        if query.effects is None:  # not remembered: there may be ever more of them
            return False
        known = self._joining.get(query)
        if known is None:
            known = self._joining[query] = may_join(query, self._settings.timeout)
        return known

    async def run(
        self, call: Call, statement: Statement[T], ordinary: Callable[[], Awaitable[T]]
    ) -> T:
        """An attempt at a call that may go on a lane; ``ordinary``: one that does not."""
        read = self._join(call, statement)
        if read is None:
            return await ordinary()
        answer = await read.answer
        return (
            cast("T", answer) if answer is not ELSEWHERE else await self._elsewhere(read, ordinary)
        )

    async def _elsewhere(self, read: Read, ordinary: Callable[[], Awaitable[T]]) -> T:
        """Make a call in the ordinary way, and learn from it about the read that it was."""
        began = monotonic()
        answer = await ordinary()
        if read.was_slow:
            self.resting.tried(read.variant, monotonic() - began, monotonic())
        if read.misfits:
            self._learn_anew(read.variant)
        return answer

    def _join(self, call: Call, statement: Statement[Any]) -> Read | None:
        """Put a call at the end of the queue, if there is one at this moment."""
        loop = get_running_loop()
        if not self._is_open or loop is not self.loop:
            self._begin(loop)
        now, own = monotonic(), statement.query.timeout
        if not self._lanes:
            self._open(now)
            return None
        deadline = min(now + (self._settings.timeout if own is None else own), call.deadline)
        if deadline <= now or len(self._waiting) >= self._settings.max_waiting:
            return None
        read = Read(call, statement, loop.create_future(), now, deadline)
        if self.resting and self.resting.is_resting(read.variant, now):
            return None
        self._waiting.append(read)
        if deadline < self._soonest:
            self._soonest = deadline
        if not self._is_due:
            self.freed()
        return read

    def _learn_anew(self, variant: Variant) -> None:
        """Arguments fitted elsewhere that don't fit what was prepared here: it is stale."""
        for lane in self._lanes:
            if variant in lane.conn.bindings:
                lane.unknown.add(variant)

    # --- From the queue to a lane

    def freed(self) -> None:
        """A lane is free, or a read waits: send what waits when the tasks have had their turn."""
        if self._waiting and not self._is_due:
            self._is_due = True
            self.loop.call_soon(self._send)

    def put_back(self, reads: list[Read]) -> None:
        """Send reads again, before all others."""
        self._waiting.extendleft(reversed(reads))

    def _send(self) -> None:
        self._is_due = False
        waiting, now = self._waiting, monotonic()
        free = self._free(now)
        while waiting and free:
            share = min(_MOST, max(_FEWEST, ceil(len(waiting) / len(free))))
            free.pop().send([waiting.popleft() for _ in range(min(share, len(waiting)))], now)
        if waiting:
            self._open(now)
        self._watch()

    def _free(self, now: float) -> list[Lane]:
        for lane in [lane for lane in self._lanes if now >= lane.conn.expires]:
            lane.end()
        return [lane for lane in self._lanes if lane.is_free]

    # --- What takes too long

    def _watch(self) -> None:
        """Look after the reads from now on, until there is none."""
        if self._timer is None:
            self._timer = self.loop.call_later(_TICK, self._tick)
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _tick(self) -> None:
        self._timer = None
        now, waiting = monotonic(), self._waiting
        for lane in list(self._lanes):
            lane.check(now)
        if now >= self._soonest:
            self._expire(now)
        if not any(lane.is_free for lane in self._lanes):
            while waiting and now - waiting[0].began >= _WAIT:
                waiting.popleft().go_elsewhere()
        if waiting or any(lane.is_busy for lane in self._lanes):
            self._watch()
        elif self._lanes:
            self._idle = self.loop.call_later(self._settings.max_idle, self._end_all)

    def _expire(self, now: float) -> None:
        reads = [*self._waiting, *(read for lane in self._lanes for read in lane.reads())]
        for read in reads:
            if now >= read.deadline:
                read.expire()
        self._soonest = min(
            (read.deadline for read in reads if not read.answer.done()), default=inf
        )

    # --- Lanes that come and go

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._forget()
        self.loop = loop
        self._is_open = True
        self._soonest, self._not_before = inf, -inf
        self._pool = AsyncPool(self._settings, self._configure)

    def _open(self, now: float) -> None:
        if self._opening is None and len(self._lanes) < MOST_LANES and now >= self._not_before:
            self._opening = self.loop.create_task(self._opened())

    async def _opened(self) -> None:
        self._not_before = monotonic() + _PAUSE
        try:
            conn = await self._pool.take()
        except Exception:  # the pool has told; the ordinary way is there
            return
        finally:
            self._opening = None
        if self._is_strange(conn):
            self._pool.give(conn)
            return
        known = {variant for lane in self._lanes for variant in lane.conn.bindings}
        self._conns.add(conn)
        self._lanes.append(Lane(conn, self, known))

    def _is_strange(self, conn: AsyncPgConnection) -> bool:
        """Whether it leads to a standby, behind which reads are late; the pool is not there."""
        is_standby = conn.info.parameter_status("in_hot_standby") == "on"
        return is_standby and not self._settings.read_only

    def gone(self, lane: Lane, error: psycopg.Error | None) -> None:
        """A lane was closed."""
        self._lanes.remove(lane)
        self._conns.discard(lane.conn)
        self._pool.give(lane.conn, error)
        while self._waiting and not self._lanes:
            self._waiting.popleft().go_elsewhere()

    def close(self) -> None:
        """Close the lanes, each when what is under way on it has its answer. Idempotent."""
        if not self._is_open:
            return
        self._is_open = False
        if get_running_loop() is not self.loop:
            self._forget()
        while self._waiting:
            self._waiting.popleft().go_elsewhere()
        self._end_all()
        if self._opening is not None:
            self._opening.cancel()
        self._pool.close()

    def _end_all(self) -> None:
        for lane in list(self._lanes):
            lane.end()

    def _forget(self) -> None:
        """Begin anew: the loop is another, or the process is a fork of the one there was."""
        for lane in self._lanes:
            lane.forget()
        self._lanes.clear()
        self._conns.clear()
        self._waiting.clear()
        self._is_due = False
        self._timer = self._idle = self._opening = None


def _finish(conns: set[AsyncPgConnection]) -> None:
    for conn in conns:
        wire.finish(conn)
