"""One connection on which reads go out in batches."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

import psycopg

from sqlkit.database import wire
from sqlkit.database.deadline import wait_async
from sqlkit.database.pipeline.blame import blame
from sqlkit.database.pipeline.listening import Listening
from sqlkit.database.wire import pipeline as batches
from sqlkit.errors import UnreadableValue, WrongArgument

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Coroutine, Iterable, Iterator
    from typing import Any

    from psycopg.pq.abc import PGresult

    from sqlkit.database.pipeline.pipeline import Pipeline
    from sqlkit.database.pipeline.read import Read
    from sqlkit.statement import Variant

# Seconds after which a batch is cut short: for it, and for each of its reads. A read by a key takes
# a hundredth of the latter.
_PATIENCE = 0.025
_EACH = 0.0002
# Seconds that the server is given to take a cancel, and to prepare a text.
_GRACE = 0.2


class Lane:
    """A connection whose reads are sent in batches, one after the other, each ended by a Sync.

    The server keeps its answers until the Sync, so nobody sees which read of a batch it is at. One
    that takes too long is found by canceling it: what was answered before has its answer, what
    fails then is to blame, and what comes behind it is sent again.

    ``unknown``: texts to prepare, before anything else is sent.
    """

    def __init__(
        self, conn: wire.AsyncPgConnection, pipeline: Pipeline, unknown: Iterable[Variant] = ()
    ) -> None:
        self.conn = conn
        self.unknown = set(unknown)
        self.is_busy = False
        self._pipeline = pipeline
        self._loop = pipeline.loop
        self._listening = Listening(conn, self._loop, self._read, self._close)
        self._sent: deque[Read] = deque()
        self._aborted: list[Read] = []
        self._late = 0.0
        self._task: asyncio.Task[None] | None = None
        self._was_cut = self._is_ending = self._is_over = False
        self._listening.start()
        self._go_on()

    @property
    def is_free(self) -> bool:
        """Whether a batch may be sent."""
        return not (self.is_busy or self._task or self._is_ending)

    def reads(self) -> Iterator[Read]:
        """Those that wait for their answers."""
        yield from self._sent
        yield from self._aborted

    # --- A batch

    def send(self, reads: list[Read], now: float) -> None:
        """Send reads as one batch; those whose text isn't prepared here take the ordinary way."""
        try:
            for read in reads:
                self._send(read)
            if self._sent:
                self.is_busy = True
                self._was_cut = False
                self._late = now + _PATIENCE + len(self._sent) * _EACH
                if batches.end_batch(self.conn):
                    self._listening.send_rest()
        except psycopg.Error as error:
            for read in reads:
                read.go_elsewhere()
            self._close(error)
        if not self.is_busy:
            self._go_on()

    def _send(self, read: Read) -> None:
        if read.answer.done():  # its task was cancelled
            return
        bound = self.conn.bindings.get(read.variant)
        if bound is None or (self.unknown and read.variant in self.unknown):
            self.unknown.add(read.variant)
            read.go_elsewhere()
            return
        try:
            sent = bound.encode(read.args)
        except WrongArgument:
            read.misfits = True
            read.go_elsewhere()
            return
        batches.add(self.conn, bound, sent)
        read.bound = bound
        self._sent.append(read)

    def _read(self) -> None:
        try:
            for result in batches.answers(self.conn):
                status = result.status
                if status == batches.ROWS:
                    self._answer(self._sent.popleft(), result)
                elif status == batches.SYNC:
                    self._end_batch()
                else:
                    self._refuse(result)
        except psycopg.Error as error:
            self._close(error)

    def _answer(self, read: Read, result: PGresult) -> None:
        if read.answer.done() or read.bound is None:
            return
        try:
            value = read.bound.value(result)
        except UnreadableValue as error:
            if read.bound.is_fixed:
                read.fail(error)
            else:  # a composite may be another by now: the ordinary way finds out
                self.unknown.add(read.variant)
                read.go_elsewhere()
        except Exception as error:  # of a class that its rows are made into
            read.fail(error)
        else:
            read.answer.set_result(value)

    def _refuse(self, result: PGresult) -> None:
        """An error, of one read; those behind it in the batch were not run."""
        if not self._sent:  # the server takes its leave
            return
        read = self._sent.popleft()
        if result.status != batches.FAILED:
            self._aborted.append(read)
            return
        self._blame(read, batches.sqlstate(result))
        read.go_elsewhere()

    def _blame(self, read: Read, sqlstate: str) -> None:
        why, now = blame(sqlstate, was_cut=self._was_cut), monotonic()
        if why == "slow":
            self._pipeline.resting.slow(read.variant, now)
            read.was_slow = True
            return
        self._pipeline.resting.failed(read.variant, now)
        if why == "stale":
            self.unknown.add(read.variant)

    def _end_batch(self) -> None:
        self.is_busy = False
        if self._aborted:
            self._pipeline.put_back(self._aborted)
            self._aborted = []
        self._go_on()

    # --- What takes too long

    def check(self, now: float) -> None:
        """Cut a batch short that takes too long; give up a connection that doesn't answer then."""
        if not self.is_busy or now < self._late:
            return
        self._read()  # what has arrived while the loop was at something else
        if not self.is_busy:
            return
        if not self._was_cut:
            self._was_cut = True
            self._do(self._cut_short())
        elif now >= self._late + _GRACE:
            self._close(psycopg.OperationalError("no answer to a cancel"))

    async def _cut_short(self) -> None:
        with suppress(psycopg.Error):
            await self.conn.cancel_safe(timeout=_GRACE)

    # --- Apart from batches

    def _go_on(self) -> None:
        """Nothing is under way, or no more so: do what comes next."""
        if self.is_busy or self._task or self._is_over:
            return
        if self._is_ending:
            self._close()
        elif self.unknown:
            self._do(self._learn())
        else:
            self._pipeline.freed()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        self._task = self._loop.create_task(work)
        self._task.add_done_callback(self._did)

    def _did(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if task.cancelled():
            self._close()
        elif isinstance(error := task.exception(), psycopg.Error):
            self._close(error)
        else:
            self._go_on()

    async def _learn(self) -> None:
        self._listening.stop()
        while self.unknown:
            variant = self.unknown.pop()
            try:
                anew = batches.bind_anew(self.conn, variant)
                await wait_async(self.conn, anew, _GRACE, variant.query)
            except Exception:  # the ordinary way tells what is wrong with it
                self._pipeline.resting.slow(variant, monotonic())
        self._listening.start()

    # --- The end

    def end(self) -> None:
        """Take no more reads, and close when those that are under way have their answers."""
        self._is_ending = True
        self.unknown.clear()
        self._go_on()

    def forget(self) -> None:
        """Close at once: the loop that it belonged to is gone, or the process, in a fork."""
        self._is_over = True
        if self.conn.closed:  # as it is in a fork, where the loop's selector is the parent's too
            return
        if not self._loop.is_closed():
            self._listening.stop()
            self._send_elsewhere()
        wire.finish(self.conn)

    def _close(self, error: psycopg.Error | None = None) -> None:
        if self._is_over:
            return
        self._is_over = self._is_ending = True
        self.is_busy = False
        self._listening.stop()
        if error is not None:
            wire.finish(self.conn)
        self._send_elsewhere()
        self._pipeline.gone(self, error)

    def _send_elsewhere(self) -> None:
        for read in self.reads():
            read.go_elsewhere()
        self._sent.clear()
        self._aborted.clear()
