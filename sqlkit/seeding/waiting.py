"""Has done what a conversation of `sqlkit.seeding.conversation` asks for, in one transaction."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from sqlkit.errors import WrongArgument
from sqlkit.seeding.conversation import Created, Pause, Progress, Savepoint, Then

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit.database.async_connection import AsyncConnection
    from sqlkit.database.connection import Connection
    from sqlkit.seeding.conversation import Conversation, Request, Told

T = TypeVar("T")


class _Undone(Exception):
    """Leaves a transaction that is to be rolled back."""


def unheard(_of: str, _rows: int, _all_rows: int) -> None:
    """Nobody wants to know of progress."""


def wait(
    db: Connection, conversation: Conversation[T], told: Told = unheard, *, undo: bool = False
) -> T:
    """Hold a conversation in a transaction, which ``undo`` rolls back; gives what it gives."""
    value: Any = None
    try:
        with db.transaction() as tx:
            value = _hold(tx, conversation, told)
            if undo:
                raise _Undone  # noqa: TRY301  to leave the block is to roll back
    except _Undone:
        pass
    given: T = value
    return given


def _hold(tx: Connection, conversation: Conversation[T], told: Told) -> T:
    step: Callable[[], Request] = partial(conversation.send, None)
    while True:
        try:
            request = step()
        except StopIteration as end:
            value: T = end.value
            return value
        try:
            answer = _answer(tx, request, told)
        except BaseException as error:  # the conversation decides what becomes of it
            step = partial(conversation.throw, error)
        else:
            step = partial(conversation.send, answer)


def _answer(tx: Connection, request: Request, told: Told) -> Any:
    match request:
        case Created(factory, rows):
            hook = _hook_of(factory, "after_create", "after_create_async")
            for row in rows if hook else ():
                hook(tx, row)
        case Then():
            hook = _then(request.name, "then", request.sync, request.for_async)
            if hook:
                hook(tx)
        case Savepoint(conversation, undo):
            return wait(tx, conversation, told, undo=undo)
        case Pause(seconds):
            time.sleep(seconds)
        case Progress(of, rows, all_rows):
            told(of, rows, all_rows)
        case list():
            return tx.batch(request)
        case _:
            return tx.run(request)
    return None


async def wait_async(
    db: AsyncConnection, conversation: Conversation[T], told: Told = unheard, *, undo: bool = False
) -> T:
    """Hold a conversation in a transaction, which ``undo`` rolls back; gives what it gives."""
    value: Any = None
    try:
        async with db.transaction() as tx:
            value = await _hold_async(tx, conversation, told)
            if undo:
                raise _Undone  # noqa: TRY301  to leave the block is to roll back
    except _Undone:
        pass
    given: T = value
    return given


async def _hold_async(tx: AsyncConnection, conversation: Conversation[T], told: Told) -> T:
    step: Callable[[], Request] = partial(conversation.send, None)
    while True:
        try:
            request = step()
        except StopIteration as end:
            value: T = end.value
            return value
        try:
            answer = await _answer_async(tx, request, told)
        except BaseException as error:  # the conversation decides what becomes of it
            step = partial(conversation.throw, error)
        else:
            step = partial(conversation.send, answer)


async def _answer_async(tx: AsyncConnection, request: Request, told: Told) -> Any:
    match request:
        case Created(factory, rows):
            hook = _hook_of(factory, "after_create_async", "after_create")
            for row in rows if hook else ():
                await hook(tx, row)
        case Then():
            hook = _then(request.name, "then_async", request.for_async, request.sync)
            if hook:
                await hook(tx)
        case Savepoint(conversation, undo):
            return await wait_async(tx, conversation, told, undo=undo)
        case Pause(seconds):
            await asyncio.sleep(seconds)
        case Progress(of, rows, all_rows):
            told(of, rows, all_rows)
        case list():
            return await tx.batch(request)
        case _:
            return await tx.run(request)
    return None


def _hook_of(factory: Any, name: str, other: str) -> Any:
    """The factory's own hook, None if it has none."""
    from sqlkit.seeding.factory import Factory

    def own(hook: str) -> Any:
        of_this = getattr(factory, hook)
        return None if of_this.__func__ is vars(Factory)[hook].__func__ else of_this

    return _of_this_kind(factory.__name__, name, own(name), other, own(other))


def _then(seeder: str, name: str, hook: Any, other_hook: Any) -> Any:
    other = "then" if name == "then_async" else "then_async"
    return _of_this_kind(f"the seeder {seeder}", name, hook, other, other_hook)


def _of_this_kind(owner: str, name: str, hook: Any, other: str, other_hook: Any) -> Any:
    """The hook for this kind of connection, None if there is none for either.

    Raises `WrongArgument` if there is only one for the other kind.
    """
    if hook is None and other_hook is not None:
        raise WrongArgument(f"{owner} has {other}, but not {name}, which this connection calls")
    return hook
