"""Iterables and asynchronous iterables, taken alike by the async side, some items at a time."""

from __future__ import annotations

from collections.abc import AsyncIterable
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

T = TypeVar("T")


async def chunks(items: Iterable[T] | AsyncIterable[T], size: int) -> AsyncIterator[list[T]]:
    """The items, in lists of so many; the last may be shorter."""
    if not isinstance(items, AsyncIterable):
        waiting = iter(items)
        while some := list(islice(waiting, size)):
            yield some
        return
    chunk: list[T] = []
    async for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
