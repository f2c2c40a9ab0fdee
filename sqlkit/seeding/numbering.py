"""Which row is row ``n``: the numbers that factories give, and the seed that rows are made from.

Rows count from 1, each factory for itself. A row that another factory's row brings along is
numbered by that row, in a block of its own: so it is the same whatever else was made, and a
sequence such as ``user7@example.com`` never meets the one of a user that was made by itself.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from zlib import crc32

from sqlkit.errors import WrongArgument

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

BLOCK = 1_000_000_000


class Run:
    """One root seed, and how far each factory has counted; threads share it."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._next: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, factory: str, count: int) -> range:
        """The next ``count`` numbers of a factory."""
        with self._lock:
            first = self._next.get(factory, 1)
            self._next[factory] = first + count
        return range(first, first + count)


_OWN = Run(0)
_RUN: ContextVar[Run | None] = ContextVar("run", default=None)


def current() -> Run:
    """The run that rows are made in: `seeded`'s, or the process's own, whose seed is 0."""
    return _RUN.get() or _OWN


@contextmanager
def seeded(seed: int) -> Generator[None]:
    """Make the rows of this block from another root seed, counting from 1.

    It holds for this thread or task, and for what is started with its context
    (`contextvars.copy_context`, `asyncio.to_thread`).
    """
    token = _RUN.set(Run(seed))
    try:
        yield
    finally:
        _RUN.reset(token)


def numbers_of(factory: str, count: int | range) -> range:
    """The numbers of rows: the next so many, or the ones that were asked for.

    Raises `WrongArgument` for a count or a number below zero.
    """
    if isinstance(count, range):
        if count and min(count) < 0:
            raise WrongArgument(f"{factory}: rows are numbered from 0 up")
        return count
    if count < 0:
        raise WrongArgument(f"{factory}: {count} rows can't be made")
    return current().take(factory, count)


def numbers_below(path: str, numbers: Sequence[int]) -> list[int]:
    """The numbers of rows that come along with the rows ``numbers``; ``path`` says as what."""
    block = BLOCK * (1 + crc32(path.encode()) % 2**20)
    return [block + number % BLOCK for number in numbers]
