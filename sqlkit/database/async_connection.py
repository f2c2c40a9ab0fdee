"""What every async connection can do, whether a pool, a transaction or a connection held."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from contextlib import AbstractAsyncContextManager

    from sqlkit.database.async_session import AsyncTransaction
    from sqlkit.database.begin import Isolation
    from sqlkit.statement import Statement

T = TypeVar("T")
R = TypeVar("R")


class AsyncConnection(ABC):
    """The type to annotate a function with that runs statements.

    `AsyncDatabase`, `AsyncTransaction` and `AsyncHeldConnection` are connections.
    """

    __slots__ = ()

    @abstractmethod
    async def run(self, statement: Statement[T]) -> T:
        """Run a statement and give what its query's kind says.

        Raises `NoRow`, `TooManyRows`, `WrongArgument`, `UnreadableValue`, `DeadlineExceeded`, and
        psycopg's errors with a note that names the query.
        """

    @abstractmethod
    def stream(
        self, statement: Statement[list[R]]
    ) -> AbstractAsyncContextManager[AsyncIterator[R]]:
        """Iterate over a statement's rows in constant memory.

        A query is read through a server-side cursor; a statement that changes data and returns
        rows is run to its end even if not all of them are read, and keeps the connection busy
        until then; a ``:copy`` is streamed by COPY.
        """

    @abstractmethod
    async def batch(self, statements: Iterable[Statement[T]]) -> list[T]:
        """Run many statements in one transaction, pipelined; gives every answer, in order.

        Any error rolls all of them back, `NoRow` included. Raises `WrongKind` for ``:copy`` and
        ``:script``.
        """

    @abstractmethod
    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
    ) -> AbstractAsyncContextManager[AsyncTransaction]:
        """Commit at the end of the ``with`` block, roll back if an exception leaves it.

        Inside a transaction it is a savepoint, and takes no options. Raises `RolledBack` at the
        end of a block that hid an error which had already aborted the transaction.
        """
