"""Has done what a conversation of `sqlkit.seeding.making` asks for, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlkit.errors import WrongArgument
from sqlkit.seeding.making import Created

if TYPE_CHECKING:
    from sqlkit.database.async_connection import AsyncConnection
    from sqlkit.database.connection import Connection
    from sqlkit.seeding.making import Conversation, Request


def wait(db: Connection, conversation: Conversation) -> list[Any]:
    """Run a conversation to its end; what it gives."""
    with db.transaction() as tx:
        answer: Any = None
        while True:
            try:
                request = conversation.send(answer)
            except StopIteration as end:
                rows: list[Any] = end.value
                return rows
            answer = _answer(tx, request)


def _answer(tx: Connection, request: Request) -> Any:
    if isinstance(request, Created):
        hook = _hook(request.factory, "after_create", "after_create_async")
        for row in request.rows if hook else ():
            hook(tx, row)
        return None
    return tx.batch(request) if isinstance(request, list) else tx.run(request)


async def wait_async(db: AsyncConnection, conversation: Conversation) -> list[Any]:
    """Run a conversation to its end; what it gives."""
    async with db.transaction() as tx:
        answer: Any = None
        while True:
            try:
                request = conversation.send(answer)
            except StopIteration as end:
                rows: list[Any] = end.value
                return rows
            answer = await _answer_async(tx, request)


async def _answer_async(tx: AsyncConnection, request: Request) -> Any:
    if isinstance(request, Created):
        hook = _hook(request.factory, "after_create_async", "after_create")
        for row in request.rows if hook else ():
            await hook(tx, row)
        return None
    return await (tx.batch(request) if isinstance(request, list) else tx.run(request))


def _hook(factory: Any, name: str, other: str) -> Any:
    """The factory's own hook, None if it has none.

    Raises `WrongArgument` if it has only the one for the other kind of connection.
    """
    from sqlkit.seeding.factory import Factory

    def is_own(hook: str) -> bool:
        return getattr(factory, hook).__func__ is not vars(Factory)[hook].__func__

    if is_own(name):
        return getattr(factory, name)
    if is_own(other):
        raise WrongArgument(
            f"{factory.__name__} has {other}, but not {name}, which this connection calls"
        )
    return None
