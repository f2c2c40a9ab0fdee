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
"""Gives back a connection, told of the error, if any, that its transaction ended in."""

Begun: TypeAlias = "Callable[[Transaction, Give], None]"
AsyncBegun: TypeAlias = "Callable[[AsyncTransaction, Give], None]"


class Block:
    """Begins a transaction, counts the thread among its holders, and gives back its connection.

    ``begin`` tells of a transaction as soon as it has begun: it may raise all the same. The block
    is entered once.
    """

    __slots__ = ("_begin", "_give", "_holders", "_tx", "_who")

    def __init__(self, begin: Callable[[Begun], None], holders: Holders) -> None:
        self._begin: Callable[[Begun], None] | None = begin
        self._holders = holders
        self._tx: Transaction | None = None

    def _begun(self, tx: Transaction, give: Give) -> None:
        self._tx, self._give = tx, give

    def __enter__(self) -> Transaction:
        begin, self._begin = _once(self._begin), None
        try:
            begin(self._begun)
        except BaseException as error:
            self._end(type(error), error, error.__traceback__)
            raise
        self._who = current_thread()
        self._holders.enter(self._who)
        return _there(self._tx)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._holders.leave(self._who)
        self._end(kind, error, traceback)

    def _end(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._tx is None:
            return
        try:
            self._tx.__exit__(kind, error, traceback)
        except BaseException as raised:
            self._give(raised)
            raise
        self._give(error)


class AsyncBlock:
    """`Block`, awaited."""

    __slots__ = ("_begin", "_give", "_holders", "_tx", "_who")

    def __init__(self, begin: Callable[[AsyncBegun], Awaitable[None]], holders: Holders) -> None:
        self._begin: Callable[[AsyncBegun], Awaitable[None]] | None = begin
        self._holders = holders
        self._tx: AsyncTransaction | None = None

    def _begun(self, tx: AsyncTransaction, give: Give) -> None:
        self._tx, self._give = tx, give

    async def __aenter__(self) -> AsyncTransaction:
        begin, self._begin = _once(self._begin), None
        try:
            await begin(self._begun)
        except BaseException as error:
            await self._end(type(error), error, error.__traceback__)
            raise
        self._who = current_task()
        self._holders.enter(self._who)
        return _there(self._tx)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._holders.leave(self._who)
        await self._end(kind, error, traceback)

    async def _end(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._tx is None:
            return
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


def _there(tx: T | None) -> T:
    if tx is None:
        raise RuntimeError("a policy hid that the transaction did not begin")
    return tx
