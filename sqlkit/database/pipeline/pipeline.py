"""The reads that many tasks call at once, on their way to the lanes."""

from __future__ import annotations

import asyncio
from asyncio import get_running_loop
from collections import deque
from math import ceil, inf
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from sqlkit.database.pipeline.joining import may_join
from sqlkit.database.pipeline.lanes import Lanes
from sqlkit.database.pipeline.read import ELSEWHERE, Read
from sqlkit.database.pipeline.resting import Resting

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import psycopg

    from sqlkit.database.pipeline.lane import Lane
    from sqlkit.database.settings import Settings
    from sqlkit.database.wire import AsyncPgConnection
    from sqlkit.policy.call import Call
    from sqlkit.statement import Query, Statement

T = TypeVar("T")

# A batch of more would keep the others waiting; with less it isn't worth its Sync.
_MOST = 128
_FEWEST = 8
# Seconds: how often it is looked for what takes too long, and how long a read waits for a lane.
_TICK = 0.005
_WAIT = 0.1


class Pipeline:
    """Sends the reads of each turn of an event loop together, on the lanes of a database.

    What can't go there at this moment takes the ordinary way, and so does what a lane has no
    answer to. In another loop, or in a forked child, it begins anew.
    """

    loop: asyncio.AbstractEventLoop

    def __init__(
        self, settings: Settings, configure: Callable[[AsyncPgConnection], Awaitable[None]]
    ) -> None:
        self._settings = settings
        self._joining: dict[Query[Any], bool] = {}
        self.resting = Resting()
        self.lanes = Lanes(self, settings, configure)
        self._is_open = False
        self._waiting: deque[Read] = deque()
        self._is_due = False
        self._soonest = inf
        self._timer: asyncio.TimerHandle | None = None
        self._idle: asyncio.TimerHandle | None = None

    @classmethod
    def of(
        cls, settings: Settings, configure: Callable[[AsyncPgConnection], Awaitable[None]]
    ) -> Pipeline:
        """That of a database. Raises ValueError behind a pooler."""
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
        answer: T = await read.answer
        if answer is ELSEWHERE:
            answer = await self._elsewhere(read, ordinary)
        return answer

    async def _elsewhere(self, read: Read, ordinary: Callable[[], Awaitable[T]]) -> T:
        """Make a call in the ordinary way, and learn from it about the read that it was."""
        began = monotonic()
        answer = await ordinary()
        if read.was_slow:
            self.resting.tried(read.variant, monotonic() - began, monotonic())
        if read.misfits:
            self.lanes.learn_anew(read.variant)
        return answer

    def _join(self, call: Call, statement: Statement[Any]) -> Read | None:
        """Put a call at the end of the queue, if there is one at this moment."""
        loop = get_running_loop()
        if not self._is_open or loop is not self.loop:
            self._begin(loop)
        now, own = monotonic(), statement.query.timeout
        if not self.lanes.all:
            self.lanes.open(now)
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

    # --- From the queue to a lane

    def freed(self) -> None:
        """A lane is free, or a read waits: send what waits when the tasks have had their turn."""
        if self._waiting and not self._is_due:
            self._is_due = True
            self.loop.call_soon(self._send)

    def put_back(self, reads: list[Read]) -> None:
        """Send reads again, before all others."""
        self._waiting.extendleft(reversed(reads))

    def gone(self, lane: Lane, error: psycopg.Error | None) -> None:
        """A lane was closed."""
        self.lanes.remove(lane, error)
        if not self.lanes.all:
            self._send_elsewhere()

    def _send(self) -> None:
        self._is_due = False
        waiting, now = self._waiting, monotonic()
        free = self.lanes.free(now)
        while waiting and free:
            share = min(_MOST, max(_FEWEST, ceil(len(waiting) / len(free))))
            free.pop().send([waiting.popleft() for _ in range(min(share, len(waiting)))], now)
        if waiting:
            self.lanes.open(now)
        self._watch()

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
        for lane in list(self.lanes.all):
            lane.check(now)
        if now >= self._soonest:
            self._expire(now)
        if not any(lane.is_free for lane in self.lanes.all):
            while waiting and now - waiting[0].began >= _WAIT:
                waiting.popleft().go_elsewhere()
        if waiting or any(lane.is_busy for lane in self.lanes.all):
            self._watch()
        elif self.lanes.all:
            self._idle = self.loop.call_later(self._settings.max_idle, self.lanes.end)

    def _expire(self, now: float) -> None:
        reads = [*self._waiting, *(read for lane in self.lanes.all for read in lane.reads())]
        for read in reads:
            if now >= read.deadline:
                read.expire()
        self._soonest = min(
            (read.deadline for read in reads if not read.answer.done()), default=inf
        )

    # --- The end

    def close(self) -> None:
        """Close the lanes, each when what is under way on it has its answer. Idempotent."""
        if not self._is_open:
            return
        self._is_open = False
        if get_running_loop() is not self.loop:
            self._forget()
        self._send_elsewhere()
        self.lanes.close()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._forget()
        self.loop = loop
        self._is_open = True
        self.lanes.begin()

    def _forget(self) -> None:
        """What another loop has, or the process of which this is a fork, is none of ours."""
        self.lanes.forget()
        self._waiting.clear()
        self._is_due = False
        self._soonest = inf
        self._timer = self._idle = None

    def _send_elsewhere(self) -> None:
        while self._waiting:
            self._waiting.popleft().go_elsewhere()
