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
        self.held: dict[Hashable, int] = {}
        """How many each is inside of."""

    def refuse(self, who: Hashable, what: str) -> None:
        """Raise `OutsideTransaction` if ``who`` is inside a transaction."""
        if who in self.held:
            raise OutsideTransaction(
                f"{what}: this thread or task is inside a transaction of this database, and the "
                "call would neither see its rows nor be part of it. Call it on the transaction, "
                "or say separate=True."
            )

    def enter(self, who: Hashable) -> None:
        """Count ``who`` as inside a transaction."""
        self.held[who] = self.held.get(who, 0) + 1

    def leave(self, who: Hashable) -> None:
        """Count ``who`` as inside one less."""
        left = self.held.pop(who) - 1
        if left:
            self.held[who] = left

    @contextmanager
    def inside(self, who: Hashable) -> Generator[None]:
        """Count ``who`` as inside a transaction for the length of a ``with`` block."""
        self.enter(who)
        try:
            yield
        finally:
            self.leave(who)
