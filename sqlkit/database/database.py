"""A pool of connections to one database, for threads."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from inspect import iscoroutine
from typing import TYPE_CHECKING, Self, TypeVar

import psycopg
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from sqlkit.database import driver, repeat, values
from sqlkit.database.connection import Connection
from sqlkit.database.deadline import wait
from sqlkit.database.inside import Holders, current_thread
from sqlkit.database.session import HeldConnection, Session, Transaction
from sqlkit.database.settings import CLOSING, Settings
from sqlkit.database.types import Types

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from types import TracebackType

    from sqlkit.database.begin import Isolation
    from sqlkit.statement import Statement

T = TypeVar("T")
R = TypeVar("R")


class Database(Connection):
    """A PostgreSQL database, reached through a pool of connections; safe to share among threads.

    ``conninfo`` is any psycopg conninfo or URL; without one, DATABASE_URL is used, else libpq's
    PG* variables. The pool opens with the ``with`` block or at first use, and holds between
    ``min_size`` and ``max_size`` connections. In seconds: ``timeout``, what a statement may take
    unless its query says ``@timeout``; ``pool_timeout``, the wait for a free connection;
    ``connect_timeout``, the wait for the server to accept one.

    ``read_only`` makes each transaction read-only unless it says otherwise: a guard against
    accidents, not a permission.
    """

    def __init__(
        self,
        conninfo: str = "",
        *,
        min_size: int = 1,
        max_size: int = 10,
        timeout: float = 30.0,
        pool_timeout: float = 10.0,
        connect_timeout: float = 3.0,
        read_only: bool = False,
        name: str = "default",
    ) -> None:
        self._settings = Settings.of(
            conninfo,
            name=name,
            min_size=min_size,
            max_size=max_size,
            timeout=timeout,
            pool_timeout=pool_timeout,
            connect_timeout=connect_timeout,
            read_only=read_only,
        )
        self._pool: ConnectionPool[driver.PgConnection] | None = None
        self._opening = threading.Lock()
        self._types = Types()
        self._holders = Holders()

    # --- Open and close

    def open(self) -> None:
        """Connect, and fill the pool.

        The ``with`` block and the first statement do it too; harmless when it is open. After
        `close` it opens the database again. Raises psycopg.OperationalError in the server's or
        network's own words, or `DeadlineExceeded`.
        """
        with self._opening:
            if self._pool is not None and self._pool.closed:
                self._pool = None
        self._opened()

    def close(self) -> None:
        """Close the pool; a connection in use is closed when it is given back. Idempotent."""
        with self._opening:
            if self._pool is not None:
                self._pool.close(timeout=CLOSING)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _opened(self) -> ConnectionPool[driver.PgConnection]:
        with self._opening:
            if self._pool is None:
                self._try_to_connect()
                pool = ConnectionPool(
                    **self._settings.pool_arguments(),
                    connection_class=driver.PgConnection,
                    configure=self._configure,
                )
                pool.open()
                self._pool = pool
            return self._pool

    def _try_to_connect(self) -> None:
        # A pool that can't connect only says, after a while, that it has no connection.
        settings = self._settings
        try:
            conn = driver.PgConnection.connect(
                settings.target.conninfo, **settings.connection_arguments()
            )
        except psycopg.Error as error:
            raise settings.not_connected(error) from error.__cause__
        conn.close()

    def _configure(self, conn: driver.PgConnection) -> None:
        conn.types = self._types
        wait(conn, driver.settle(conn), self._settings.timeout)

    @contextmanager
    def _taken(self) -> Generator[driver.PgConnection]:
        """A connection of the pool, for the length of a ``with`` block."""
        pool = self._pool or self._opened()
        try:
            conn = pool.getconn()
        except PoolTimeout as error:
            raise self._settings.none_free() from error
        except PoolClosed as error:
            error.add_note(self._settings.closed())
            raise
        try:
            yield conn
        finally:
            pool.putconn(conn)

    def _session(self, conn: driver.PgConnection) -> Session:
        return Session(conn, self._settings.timeout)

    # --- Statements

    def run(self, statement: Statement[T], *, separate: bool = False) -> T:
        """Run a statement in autocommit: one round trip.

        Raises `OutsideTransaction` while the same thread holds a transaction of this database,
        unless ``separate`` says that the statement is meant to be no part of it.
        """
        values.check_statement(statement, "run")
        self._refuse_inside(statement.query.name, separate)
        with self._taken() as conn:
            return self._session(conn).run(statement)

    @contextmanager
    def stream(
        self, statement: Statement[list[R]], *, separate: bool = False
    ) -> Generator[Iterator[R]]:
        """Iterate over a statement's rows in constant memory, on a connection of its own."""
        values.check_statement(statement, "stream")
        self._refuse_inside(statement.query.name, separate)
        with self._taken() as conn, self._session(conn).stream(statement) as rows:
            yield rows

    def batch(self, statements: Iterable[Statement[T]], *, separate: bool = False) -> list[T]:
        """Run many statements in one transaction, pipelined; gives every answer, in order."""
        self._refuse_inside("a batch", separate)
        with self._taken() as conn:
            return self._session(conn).batch(statements)

    def _refuse_inside(self, what: str, separate: bool) -> None:
        if not separate:
            self._holders.refuse(current_thread(), what)

    # --- Transactions

    @contextmanager
    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        separate: bool = False,
    ) -> Generator[Transaction]:
        """Commit at the end of the ``with`` block, roll back if an exception leaves it.

        Never run again by itself: see `transact`. Raises `RolledBack` at the end of a block that
        hid an error which had already aborted the transaction.
        """
        self._refuse_inside("a transaction", separate)
        with (
            self._taken() as conn,
            self._holders.inside(current_thread()),
            self._session(conn).transaction(
                isolation=isolation, read_only=read_only, deferrable=deferrable
            ) as tx,
        ):
            yield tx

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

        That is after a serialization failure or a deadlock (SQLSTATE 40001, 40P01), with growing
        pauses, for as long as ``timeout`` seconds. What else the function does is repeated too.
        """
        pauses = repeat.pauses(self._settings.timeout)
        while True:
            try:
                with self.transaction(
                    isolation=isolation,
                    read_only=read_only,
                    deferrable=deferrable,
                    separate=separate,
                ) as tx:
                    return _checked(function(tx))
            except psycopg.Error as error:
                pause = next(pauses, None) if repeat.is_repeatable(error) else None
                if pause is None:
                    raise
            time.sleep(pause)

    @contextmanager
    def connection(self) -> Generator[HeldConnection]:
        """Hold one connection: for LISTEN, advisory locks, session settings. Reset on return."""
        with self._taken() as conn:
            held = HeldConnection(conn, self._settings.timeout, self._holders)
            try:
                yield held
            finally:
                held.end()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._settings.name!r} {self._settings.target!r}>"


def _checked(result: T) -> T:
    if iscoroutine(result):
        result.close()
        raise TypeError("transact takes a plain function, not a coroutine function")
    return result
