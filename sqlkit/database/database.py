"""A pool of connections to one database, for threads."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from inspect import iscoroutine
from typing import TYPE_CHECKING, TypeVar

from sqlkit.database import health, repeat, wire
from sqlkit.database.block import Block
from sqlkit.database.inside import current_thread
from sqlkit.database.pooled_connection import PooledConnection
from sqlkit.database.session import HeldConnection, Transaction
from sqlkit.database.settings import Settings
from sqlkit.policy.deadline import until
from sqlkit.policy.drive import drive

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from sqlkit.database.address import Conninfo
    from sqlkit.database.begin import Isolation
    from sqlkit.database.health import Health
    from sqlkit.database.profile import Pooler
    from sqlkit.policy.flow import Policy
    from sqlkit.statement import Statement


T = TypeVar("T")
R = TypeVar("R")


class Database(PooledConnection):
    """A PostgreSQL database, reached through a pool of connections; safe to share among threads.

    ``conninfo`` is any psycopg conninfo or URL, with one host or several; without one, DATABASE_URL
    is used, else libpq's PG* variables. It may be a function that gives one each time a connection
    is opened. The pool opens with the ``with`` block or at first use, and holds between
    ``min_size`` and ``max_size`` connections; at most ``max_waiting`` calls wait for one.

    In seconds: ``timeout``, what a statement may take unless its query says ``@timeout``;
    ``pool_timeout``, the wait for a free connection; ``connect_timeout``, the wait for the server
    to accept one, of each host; ``startup_timeout``, the wait of `open` for a server that isn't
    there yet; ``max_lifetime``, after which a connection is replaced, and ``max_idle``, after
    which an unused one above ``min_size`` is closed.

    ``policies`` is the chain that every call goes through, the outermost first; without it, the
    default one (see `sqlkit.policy.default`). ``[]`` is none.

    ``read_only`` makes each transaction read-only unless it says otherwise: a guard against
    accidents, not a permission. ``pooler="transaction"``: there is a PgBouncer, or its like, in
    transaction mode in between, so nothing is prepared or set for longer than a transaction.
    """

    def __init__(
        self,
        conninfo: Conninfo = "",
        *,
        min_size: int = 1,
        max_size: int = 10,
        timeout: float = 30.0,
        pool_timeout: float = 10.0,
        connect_timeout: float = 3.0,
        startup_timeout: float = 10.0,
        max_waiting: int = 1000,
        max_lifetime: float = 3600.0,
        max_idle: float = 600.0,
        policies: Sequence[Policy] | None = None,
        read_only: bool = False,
        pooler: Pooler | None = None,
        name: str = "default",
    ) -> None:
        settings = Settings.of(
            conninfo,
            name=name,
            min_size=min_size,
            max_size=max_size,
            timeout=timeout,
            max_waiting=max_waiting,
            max_lifetime=max_lifetime,
            max_idle=max_idle,
            pool_timeout=pool_timeout,
            connect_timeout=connect_timeout,
            startup_timeout=startup_timeout,
            policies=policies,
            read_only=read_only,
            pooler=pooler,
        )
        super().__init__(settings)
        for policy in self.policies:
            policy.attach(self)

    @property
    def name(self) -> str:
        """The name it was given; ``default`` if none."""
        return self._settings.name

    @property
    def policies(self) -> Sequence[Policy]:
        """The chain that every call goes through, the outermost first."""
        return self._settings.chain.policies

    # --- Statements

    def run(self, statement: Statement[T], *, separate: bool = False) -> T:
        """Run a statement in autocommit: one round trip.

        Raises `OutsideTransaction` while the same thread holds a transaction of this database,
        unless ``separate`` says that the statement is meant to be no part of it.
        """
        call = self._settings.call(statement, "run")
        if self._holders.held:
            self._refuse_inside(call.name, separate)
        attempt = partial(self._attempt, call, statement)
        return drive(self._settings.chain, call, attempt)

    @contextmanager
    def stream(
        self, statement: Statement[list[R]], *, separate: bool = False
    ) -> Generator[Iterator[R]]:
        """Iterate over a statement's rows in constant memory, on a connection of its own.

        Only its beginning goes through the chain: once there are rows, nothing is repeated.
        """
        call = self._settings.call(statement, "stream")
        self._refuse_inside(call.name, separate)
        with ExitStack() as opened:
            yield self._entered(call, opened, lambda conn: self._session(conn).stream(statement))

    def batch(self, statements: Iterable[Statement[T]], *, separate: bool = False) -> list[T]:
        """Run many statements in one transaction, pipelined; gives every answer, in order.

        A collection's batch may be repeated as a whole; an iterator can be read only once.
        """
        self._refuse_inside("a batch", separate)
        call = self._settings.named("batch")
        call.statements = statements if isinstance(statements, Collection) else ()
        call.may_repeat = isinstance(statements, Collection)

        def attempt() -> list[T]:
            with self._taken(call.deadline) as conn, until(call.deadline):
                return self._noting_phase(call, conn, lambda: self._session(conn).batch(statements))

        return drive(self._settings.chain, call, attempt)

    # --- Transactions

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        separate: bool = False,
    ) -> AbstractContextManager[Transaction]:
        """Commit at the end of the ``with`` block, roll back if an exception leaves it.

        Never run again by itself: see `transact`. Raises `RolledBack` at the end of a block that
        hid an error which had already aborted the transaction.
        """
        begin = partial(self._begin, isolation, read_only, deferrable, separate=separate)
        return Block(begin, self._holders)

    def transact(
        self,
        function: Callable[[Transaction], T],
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        separate: bool = False,
    ) -> T:
        """Call a function with a transaction, and again when the server asks for it.

        That is after a serialization failure or a deadlock (SQLSTATE 40001, 40P01), until the
        deadline, and a few times when the connection was lost and the server has undone the
        transaction. What else the function does is repeated too.
        """
        self._refuse_inside("transact", separate)
        call = self._settings.named(repeat.name(function))
        call.may_repeat = True

        def whole(conn: wire.PgConnection) -> T:
            with (
                self._holders.inside(current_thread()),
                self._begun(conn, isolation, read_only, deferrable) as tx,
            ):
                return _checked(function(tx))

        def attempt() -> T:
            with self._taken(call.deadline) as conn, until(call.deadline):
                return self._noting_phase(call, conn, lambda: whole(conn))

        return drive(self._settings.repeating(), call, attempt)

    @contextmanager
    def connection(self) -> Generator[HeldConnection]:
        """Hold one connection: for LISTEN, advisory locks, session settings. Reset on return.

        Raises `NoSession` behind a pooler in transaction mode.
        """
        self._settings.refuse_session()
        call = self._settings.named("connection")
        call.may_repeat = True
        with ExitStack() as opened:
            yield self._entered(call, opened, self._held)

    @contextmanager
    def _held(self, conn: wire.PgConnection) -> Generator[HeldConnection]:
        held = HeldConnection(conn, self._settings, self._holders)
        try:
            yield held
        finally:
            held.end()

    def health(self, timeout: float = 2.0) -> Health:
        """How the database is, for a readiness probe: `sqlkit.database.health.Health`.

        Never raises, and takes no longer than ``timeout`` seconds. It is asked on a connection of
        the pool, past the chain, so an open breaker doesn't refuse it; if none becomes free in
        time, the database is not well.
        """
        deadline = time.monotonic() + timeout
        try:
            with self._taken(deadline) as conn:
                found = health.ask(conn, deadline - time.monotonic())
        except Exception as error:
            found = health.unwell(error, timeout)
        return replace(found, pool=self.pool_statistics())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._settings.name!r} {self._settings.target!r}>"


def _checked(result: T) -> T:
    if iscoroutine(result):
        result.close()
        raise TypeError("transact takes a plain function, not a coroutine function")
    return result
