"""Who holds a transaction of a database at this moment: threads or tasks."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlkit.errors import OutsideTransaction

if TYPE_CHECKING:
    from collections.abc import Generator, Hashable


def current_thread() -> Hashable:
    """The running thread."""
    return threading.get_ident()


def current_task() -> Hashable:
    """The running task of asyncio."""
    return asyncio.current_task()


class Holders:
    """The threads or tasks that are inside a transaction of one database."""

    def __init__(self) -> None:
        self._held: dict[Hashable, int] = {}

    def __bool__(self) -> bool:
        """Whether anybody is."""
        return bool(self._held)

    def refuse(self, who: Hashable, what: str) -> None:
        """Raise `OutsideTransaction` if ``who`` is inside a transaction."""
        if who in self._held:
            raise OutsideTransaction(
                f"{what}: this thread or task is inside a transaction of this database, and the "
                "call would neither see its rows nor be part of it. Call it on the transaction, "
                "or say separate=True."
            )

    @contextmanager
    def inside(self, who: Hashable) -> Generator[None]:
        """Count ``who`` as inside a transaction."""
        self._held[who] = self._held.get(who, 0) + 1
        try:
            yield
        finally:
            left = self._held.pop(who) - 1
            if left:
                self._held[who] = left
