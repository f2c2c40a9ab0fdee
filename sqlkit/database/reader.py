"""What an event loop tells of a connection's socket, and a generator that goes on by it.

psycopg registers the socket, and a timer, anew for each wait. Here both outlast it: the socket
stays registered, and the timer goes off rarely, to see whether the time of the wait that goes on
then is up. The generator goes on in the loop's own callback: the task wakes once, with the answer.

libpq closes the socket as soon as it reads the end of a connection, and the next connection gets
its number. So the loop must forget it in the very callback that read the end: it would tell, and
refuse to register, the wrong one. And uvloop tells only once of a socket that the other side reset,
even if there is more to read; it does so again where the socket is registered anew.
"""

from __future__ import annotations

import asyncio
from asyncio import SelectorEventLoop
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

from psycopg import OperationalError, pq

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future, TimerHandle
    from collections.abc import Callable

    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGconn

T = TypeVar("T")

# psycopg's states of a wait: what is wanted of a socket, and what it is ready for.
READ, WRITE = 1, 2
_OK = pq.ConnStatus.OK

# Seconds that a task may keep the loop without waiting for anything.
_PATIENCE = 0.005


class Reader:
    """The registration of one connection's socket with the loop that uses it.

    ``late`` makes the error for a wait whose time is up.
    """

    __slots__ = (
        "_deadline",
        "_due",
        "_gen",
        "_late",
        "_loop",
        "_pgconn",
        "_rested",
        "_socket",
        "_tells_once",
        "_timer",
        "_waiter",
        "_wanted",
    )

    def __init__(self, late: Callable[[], Exception]) -> None:
        self._late = late
        self._loop: AbstractEventLoop | None = None
        self._pgconn: PGconn | None = None
        self._socket = -1
        self._tells_once = False
        self._gen: PQGen[Any] | None = None
        self._waiter: Future[Any] | None = None
        self._timer: TimerHandle | None = None
        self._deadline = self._due = inf
        self._rested = 0.0
        self._wanted = READ

    async def run(self, gen: PQGen[T], pgconn: PGconn, seconds: float) -> T:
        """Run a generator of a connection to its end, for so many seconds at most."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        try:
            wanted = next(gen)
            if pgconn is not self._pgconn or loop is not self._loop:
                self._register(loop, pgconn)
            self._gen = gen
            self._waiter = waiter = loop.create_future()
            if wanted != self._wanted:
                self._want(wanted)
            self._deadline = now + seconds
            if self._deadline < self._due:
                self._remind(loop)
            answer: T = await waiter
        except StopIteration as done:
            answer = done.value
            await self._rest(now)
        except BaseException as error:
            self.leave()  # the socket may be closed by now, and its number be another's soon
            if isinstance(error, OSError):
                raise OperationalError("connection socket closed") from error
            raise
        else:
            self._rested = now
        return answer

    async def _rest(self, now: float) -> None:
        """Let others have the loop, if this connection has not waited for long."""
        if now - self._rested > _PATIENCE:
            await asyncio.sleep(0)
            self._rested = now

    def _register(self, loop: AbstractEventLoop, pgconn: PGconn) -> None:
        self.leave()
        if self._loop is not loop:
            self._timer, self._due = None, inf  # it goes off in another loop, if at all
        self._loop, self._pgconn, self._socket = loop, pgconn, pgconn.socket
        self._tells_once = not isinstance(loop, SelectorEventLoop)
        loop.add_reader(self._socket, self._go_on, READ)

    def _go_on(self, ready: int) -> None:
        gen, waiter = self._gen, self._waiter
        if gen is None or waiter is None:
            self.leave()  # the end of the connection, or a notice: the next wait reads it
            return
        try:
            wanted = gen.send(ready)
            if wanted != self._wanted:
                self._want(wanted)
            if self._tells_once and wanted & READ:
                self._ask_again()
        except StopIteration as done:
            self._gen = self._waiter = None
            if not waiter.done():
                waiter.set_result(done.value)
            if self._pgconn is not None and self._pgconn.status != _OK:
                self.leave()
        except BaseException as error:
            if not waiter.done():
                waiter.set_exception(error)
            self.leave()
            if not isinstance(error, Exception):
                raise

    def _ask_again(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._socket)
            self._loop.add_reader(self._socket, self._go_on, READ)

    def _want(self, wanted: int) -> None:
        """Listen for what a generator waits for; for what is to be read always."""
        writes, wrote = wanted & WRITE, self._wanted & WRITE
        self._wanted = wanted
        if self._loop is None or writes == wrote:
            return
        if writes:
            self._loop.add_writer(self._socket, self._go_on, WRITE)
        else:
            self._loop.remove_writer(self._socket)

    def _remind(self, loop: AbstractEventLoop) -> None:
        """See to it that the wait ends in time; most end before, and leave the timer alone."""
        if self._timer is not None:
            self._timer.cancel()
        self._due = self._deadline
        self._timer = loop.call_at(self._due, self._look, loop)

    def _look(self, loop: AbstractEventLoop) -> None:
        self._timer, self._due = None, inf
        if self._waiter is None or self._waiter.done():
            return
        if loop.time() < self._deadline:
            self._remind(loop)
        else:
            self._waiter.set_exception(self._late())

    def forget(self) -> None:
        """Be as new: in a forked child, where the loop's selector is the parent's too."""
        self._loop, self._gen, self._waiter, self._timer = None, None, None, None
        self._pgconn, self._socket, self._wanted, self._due = None, -1, READ, inf

    def leave(self) -> None:
        """Let go of the socket, for another to use it or before it is closed.

        Who waits for it still would wait for ever.
        """
        loop, waiter = self._loop, self._waiter
        self._gen = self._waiter = None
        if loop is not None and not loop.is_closed():
            if waiter is not None and not waiter.done():
                waiter.set_exception(OperationalError("the connection was closed"))
                waiter.exception()  # asyncio would complain if nobody waits any more
            self._unregister(loop)
        self._pgconn, self._socket, self._wanted = None, -1, READ

    def _unregister(self, loop: AbstractEventLoop) -> None:
        if self._socket < 0:
            return
        with suppress(OSError):  # of a socket that libpq has closed
            loop.remove_reader(self._socket)
        if self._wanted & WRITE:
            with suppress(OSError):
                loop.remove_writer(self._socket)
