"""Waiting for a socket as a generator of `talk` asks, in a thread."""

from __future__ import annotations

import time
from selectors import BaseSelector, DefaultSelector
from typing import TYPE_CHECKING

from psycopg import OperationalError

if TYPE_CHECKING:
    from typing import TypeVar

    from sqlkit.database.public.talk import PQGen

    T = TypeVar("T")

# Seconds; a selector doesn't take any number.
_LONGEST = 3600.0


class WaitTimeout(OperationalError):
    """The time of a wait is up."""


def wait(gen: PQGen[T], fileno: int, *, timeout: float, **_interval: float) -> T:
    """Run a generator to its end, for ``timeout`` seconds at most. Raises `WaitTimeout`.

    Signals are noticed at once, not at intervals as by psycopg's function.
    """
    ends = time.monotonic() + timeout
    try:
        wanted = next(gen)
        with DefaultSelector() as selector:
            while True:
                ready = _ready(selector, fileno, wanted, ends)
                if not ready and time.monotonic() >= ends:
                    raise WaitTimeout("wait timeout expired")
                wanted = gen.send(ready)
    except StopIteration as done:
        result: T = done.value
        return result


def _ready(selector: BaseSelector, fileno: int, wanted: int, ends: float) -> int:
    """What the socket is ready for of what is wanted; 0 if for nothing in time."""
    try:
        if selector.get_map():
            selector.modify(fileno, wanted)
        else:
            selector.register(fileno, wanted)
    except (OSError, ValueError) as error:
        raise OperationalError("connection socket closed") from error
    ready = selector.select(min(max(0.0, ends - time.monotonic()), _LONGEST))
    return ready[0][1] if ready else 0
