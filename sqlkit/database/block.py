"""The ``with`` block of a transaction that a database begins, and ends, on a connection of its own.

Classes, not generators, as in `sqlkit.database.pool.taken`, and for the same reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.database.inside import current_task, current_thread

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from sqlkit.database import wire
    from sqlkit.database.async_session import AsyncTransaction
    from sqlkit.database.inside import Holders
    from sqlkit.database.session import Transaction


class Block:
    """Begins a transaction, counts the thread among its holders, and gives back its connection.

    ``begin`` gives a connection, and a transaction that has begun on it; ``give`` takes the
    connection back, with the error, if any, that the transaction ended in.
    """

    __slots__ = ("_begin", "_conn", "_give", "_holders", "_tx")

    def __init__(
        self,
        begin: Callable[[], tuple[wire.PgConnection, Transaction]],
        give: Callable[[wire.PgConnection, BaseException | None], None],
        holders: Holders,
    ) -> None:
        self._begin = begin
        self._give = give
        self._holders = holders

    def __enter__(self) -> Transaction:
        self._conn, self._tx = self._begin()
        self._holders.enter(current_thread())
        return self._tx

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._holders.leave(current_thread())
        try:
            self._tx.__exit__(kind, error, traceback)
        except BaseException as raised:
            self._give(self._conn, raised)
            raise
        self._give(self._conn, error)


class AsyncBlock:
    """`Block`, awaited."""

    __slots__ = ("_begin", "_conn", "_give", "_holders", "_tx")

    def __init__(
        self,
        begin: Callable[[], Awaitable[tuple[wire.AsyncPgConnection, AsyncTransaction]]],
        give: Callable[[wire.AsyncPgConnection, BaseException | None], None],
        holders: Holders,
    ) -> None:
        self._begin = begin
        self._give = give
        self._holders = holders

    async def __aenter__(self) -> AsyncTransaction:
        self._conn, self._tx = await self._begin()
        self._holders.enter(current_task())
        return self._tx

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._holders.leave(current_task())
        try:
            await self._tx.__aexit__(kind, error, traceback)
        except BaseException as raised:
            self._give(self._conn, raised)
            raise
        self._give(self._conn, error)
