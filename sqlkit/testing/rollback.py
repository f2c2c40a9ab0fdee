"""A database for one test: everything on one connection, in one transaction that is rolled back.

Each call is a savepoint, so that one which fails leaves the others standing, as in autocommit. What
needs a second connection or a real commit says so with `NeedsCommit`.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NoReturn, TypeVar

from psycopg.errors import ActiveSqlTransaction

from sqlkit.database import begin, wire
from sqlkit.database.connect import connect
from sqlkit.database.database import Database
from sqlkit.database.deadline import left, wait
from sqlkit.database.inside import current_thread
from sqlkit.database.session import Session
from sqlkit.errors import OutsideTransaction, SqlkitError
from sqlkit.testing.finish import finish

if TYPE_CHECKING:
    from collections.abc import Generator

    from sqlkit.database.begin import Isolation
    from sqlkit.database.session import Transaction
    from sqlkit.policy.call import Call
    from sqlkit.statement import Statement

T = TypeVar("T")

ADVICE = "mark the test with @pytest.mark.sqlkit_commit, and it has a real database of its own"


class NeedsCommit(SqlkitError):
    """A test whose database is one transaction asked for what that can't give."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}, but this test's database is one transaction: {ADVICE}")


class RollbackDatabase(Database):
    """A `Database` of one connection that never commits; threads take turns on it.

    Isolation levels and ``deferrable`` are accepted and change nothing: nobody else is there.
    ``close`` does nothing, since an application that is tested may close its database, and open it
    again: the end of the test is what undoes and disconnects.
    """

    def __init__(self, conninfo: str) -> None:
        super().__init__(conninfo, min_size=1, max_size=1, name="test")
        self._pinned: wire.PgConnection | None = None
        self._turn = threading.RLock()
        self._depth = 1

    def open(self) -> None:
        """Connect and begin the transaction; the first call does it too."""
        self._connected()

    def close(self) -> None:
        """Nothing: see the class."""

    def end(self) -> None:
        """Undo everything and disconnect."""
        with self._opening:
            conn, self._pinned = self._pinned, None
        if conn is not None:
            finish(conn.pgconn)

    def _connected(self) -> wire.PgConnection:
        with self._opening:
            if self._pinned is None:
                conn = self._pinned = connect(self._settings)
                self._configure(conn)
                self._command(conn, b"BEGIN")
            return self._pinned

    def _command(self, conn: wire.PgConnection, command: bytes) -> None:
        wait(conn, wire.command(conn, command), self._settings.timeout)

    def _session(self, conn: wire.PgConnection) -> Session:
        return Session(conn, self._settings, self._depth)

    def _attempt(self, call: Call, statement: Statement[T]) -> T:
        with self._taken(call.deadline) as conn:
            return self._session(conn).attempt(call, statement)

    @contextmanager
    def _taken(self, deadline: float) -> Generator[wire.PgConnection]:
        if not self._turn.acquire(timeout=left(self._settings.pool_timeout, deadline)):
            raise NeedsCommit("another thread is in a transaction or stream")
        try:
            conn = self._connected()
            with self._session(conn).transaction():
                self._depth += 1  # a call inside a stream's block is a savepoint inside its own
                try:
                    yield conn
                finally:
                    self._depth -= 1
        except ActiveSqlTransaction as error:  # VACUUM, CREATE DATABASE …
            error.add_note(ADVICE)
            raise
        finally:
            self._turn.release()

    @contextmanager
    def _begun(
        self,
        conn: wire.PgConnection,
        isolation: Isolation | None,
        read_only: bool | None,
        deferrable: bool | None,
    ) -> Generator[Transaction]:
        begin.begin(1, isolation, read_only, deferrable)  # refuses an unknown level here as well
        with self._session(conn).transaction() as tx:
            if read_only:
                self._command(conn, b"SET TRANSACTION READ ONLY")
            yield tx

    @contextmanager
    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        separate: bool = False,
    ) -> Generator[Transaction]:
        """A savepoint."""
        self._refuse_inside("a transaction", separate)
        call = self._settings.named("begin")
        call.may_repeat = True
        with ExitStack() as opened:
            tx = self._entered(
                call, opened, lambda conn: self._begun(conn, isolation, read_only, deferrable)
            )
            with self._holders.inside(current_thread()):
                yield tx

    def connection(self) -> NoReturn:
        """Refused: it would be a second connection."""
        raise NeedsCommit("connection() holds a connection of its own")

    def _refuse_inside(self, what: str, separate: bool) -> None:
        try:
            super()._refuse_inside(what, separate=False)
        except OutsideTransaction:
            if separate:
                raise NeedsCommit(f"{what}: separate=True needs a second connection") from None
            raise
