"""The ``with`` block of a transaction that a database begins, and ends, on a connection of its own.

Classes, not generators, as in `sqlkit.database.pool.taken`, and for the same reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from sqlkit.database.inside import current_task, current_thread

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from types import TracebackType

    from sqlkit.database.async_session import AsyncTransaction
    from sqlkit.database.inside import Holders
    from sqlkit.database.session import Transaction


T = TypeVar("T")

Give: TypeAlias = Callable[[BaseException | None], None]


class Block:
    """Begins a transaction, counts the thread among its holders, and gives back its connection.

    ``begin`` gives a transaction that has begun, and what gives back its connection, called with
    the error, if any, that it ended in. The block is entered once.
    """

    __slots__ = ("_begin", "_give", "_holders", "_tx", "_who")

    def __init__(self, begin: Callable[[], tuple[Transaction, Give]], holders: Holders) -> None:
        self._begin: Callable[[], tuple[Transaction, Give]] | None = begin
        self._holders = holders

    def __enter__(self) -> Transaction:
        begin, self._begin = _once(self._begin), None
        self._tx, self._give = begin()
        self._who = current_thread()
        self._holders.enter(self._who)
        return self._tx

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._holders.leave(self._who)
        try:
            self._tx.__exit__(kind, error, traceback)
        except BaseException as raised:
            self._give(raised)
            raise
        self._give(error)


class AsyncBlock:
    """`Block`, awaited."""

    __slots__ = ("_begin", "_give", "_holders", "_tx", "_who")

    def __init__(
        self, begin: Callable[[], Awaitable[tuple[AsyncTransaction, Give]]], holders: Holders
    ) -> None:
        self._begin: Callable[[], Awaitable[tuple[AsyncTransaction, Give]]] | None = begin
        self._holders = holders

    async def __aenter__(self) -> AsyncTransaction:
        begin, self._begin = _once(self._begin), None
        self._tx, self._give = await begin()
        self._who = current_task()
        self._holders.enter(self._who)
        return self._tx

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._holders.leave(self._who)
        try:
            await self._tx.__aexit__(kind, error, traceback)
        except BaseException as raised:
            self._give(raised)
            raise
        self._give(error)


def _once(begin: T | None) -> T:
    if begin is None:
        raise RuntimeError("a transaction's block can be entered once: call transaction() again")
    return begin
