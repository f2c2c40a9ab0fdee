"""A pool, opened and closed, and how a call or a block has one of its connections."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from sqlkit.database import outcome, wire
from sqlkit.database.attempt import attempt
from sqlkit.database.connection import Connection
from sqlkit.database.deadline import wait
from sqlkit.database.inside import Holders, current_thread
from sqlkit.database.pool.pool import Pool
from sqlkit.database.pool.taken import Taken
from sqlkit.database.session import Session
from sqlkit.database.types import Types
from sqlkit.policy.deadline import current
from sqlkit.policy.drive import drive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from types import TracebackType

    from sqlkit.database.begin import Isolation
    from sqlkit.database.block import Begun
    from sqlkit.database.session import Transaction
    from sqlkit.database.settings import Settings
    from sqlkit.policy.call import Call
    from sqlkit.statement import Statement

T = TypeVar("T")


class PooledConnection(Connection):
    """What a `Database` does with its pool."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool: Pool | None = None
        self._opening = threading.Lock()
        self._types = Types()
        self._holders = Holders()

    # --- Open and close

    def open(self) -> None:
        """Connect, and fill the pool in the background.

        The ``with`` block does it too; without it, a statement connects when it needs to. Harmless
        when it is open; after `close` it opens the database again. A server that is out of reach
        is waited for, up to ``startup_timeout`` seconds. Raises psycopg.OperationalError in the
        server's or network's own words, or `DeadlineExceeded`.
        """
        with self._opening:
            if self._pool is not None and self._pool.is_closed:
                self._pool = None
        self._opened().open(self._settings.startup_timeout)

    def close(self) -> None:
        """Close the pool; a connection in use is closed when it is given back. Idempotent."""
        with self._opening:
            if self._pool is not None:
                self._pool.close()

    def __enter__(self) -> Self:
        try:
            self.open()
        except BaseException:
            self.close()  # nobody else will, and it would go on trying
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def pool_statistics(self) -> Mapping[str, int]:
        """The pool's counts at this moment: size, available, waiting, and what it did so far."""
        return self._opened().statistics()

    # --- The pool

    def _opened(self) -> Pool:
        with self._opening:
            if self._pool is None:
                self._pool = Pool(self._settings, self._configure)
            return self._pool

    def _configure(self, conn: wire.PgConnection) -> None:
        conn.types = self._types
        conn.profile = self._settings.profile
        self._settings.backends.add(conn)
        wait(conn, wire.settle(conn), self._settings.timeout)

    def _taken(self, deadline: float) -> AbstractContextManager[wire.PgConnection]:
        """A connection of the pool, for the length of a ``with`` block."""
        return Taken(self._pool or self._opened(), min(deadline, current()))

    def _session(self, conn: wire.PgConnection) -> Session:
        return Session(conn, self._settings)

    # --- A connection for a call

    def _attempt(self, call: Call, statement: Statement[T]) -> T:
        pool = self._pool or self._opened()
        conn = pool.at_hand() or pool.take(call.deadline)
        try:
            if statement.query.kind == "copy":
                result = self._session(conn).attempt(call, statement)
            else:
                result = attempt(conn, call, statement, self._settings)
        except BaseException as error:
            pool.give(conn, error)
            raise
        pool.give(conn)
        return result

    def _noting_phase(self, call: Call, conn: wire.PgConnection, use: Callable[[], T]) -> T:
        """Do something in a transaction; if it fails, the call learns how far it had got."""
        try:
            return use()
        except BaseException:
            outcome.note(call, conn, 1, self._settings)
            raise

    def _entered(
        self,
        call: Call,
        opened: ExitStack,
        enter: Callable[[wire.PgConnection], AbstractContextManager[T]],
    ) -> T:
        """Take a connection and enter a context on it, through the chain; ``opened`` leaves it."""

        found: list[T] = []  # and not the call's result, which is counted

        def attempt() -> None:
            with ExitStack() as tried:
                conn = tried.enter_context(self._taken(call.deadline))
                entered = self._noting_phase(call, conn, lambda: tried.enter_context(enter(conn)))
                found.append(entered)
                opened.push(tried.pop_all())  # now: what ends the call may raise, Ctrl-C too

        drive(self._settings.chain, call, attempt)
        return found.pop()

    def _refuse_inside(self, what: str, separate: bool) -> None:
        if self._holders.held and not separate:
            self._holders.refuse(current_thread(), what)

    # --- A transaction

    def _begin(
        self,
        isolation: Isolation | None,
        read_only: bool | None,
        deferrable: bool | None,
        begun: Begun,
        *,
        separate: bool,
    ) -> None:
        """Begin a transaction; ``begun`` is told of it, and of what gives back its connection."""
        self._refuse_inside("a transaction", separate)
        call = self._settings.named("begin")
        call.may_repeat = True

        def attempt() -> None:
            pool = self._pool or self._opened()
            conn = pool.at_hand() or pool.take(call.deadline)
            try:
                tx = self._begun(conn, isolation, read_only, deferrable).__enter__()
            except BaseException as error:
                outcome.note(call, conn, 1, self._settings)
                pool.give(conn, error)
                raise
            begun(tx, partial(pool.give, conn))

        drive(self._settings.chain, call, attempt)

    def _begun(
        self,
        conn: wire.PgConnection,
        isolation: Isolation | None,
        read_only: bool | None,
        deferrable: bool | None,
    ) -> AbstractContextManager[Transaction]:
        return self._session(conn).transaction(
            isolation=isolation, read_only=read_only, deferrable=deferrable
        )
