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


class WaitTimeout(OperationalError):
    """The time of a wait is up."""


def wait(gen: PQGen[T], fileno: int, *, interval: float, timeout: float) -> T:
    """Run a generator to its end, for ``timeout`` seconds at most. Raises `WaitTimeout`.

    ``interval``: in seconds, how often signals are looked for where they don't interrupt a wait.
    """
    ends = time.monotonic() + timeout
    try:
        wanted = next(gen)
        with DefaultSelector() as selector:
            while True:
                left = ends - time.monotonic()
                ready = _ready(selector, fileno, wanted, max(0.0, min(interval, left)))
                wanted = gen.send(ready)
                if time.monotonic() >= ends:
                    raise WaitTimeout("wait timeout expired")
    except StopIteration as done:
        result: T = done.value
        return result


def _ready(selector: BaseSelector, fileno: int, wanted: int, seconds: float) -> int:
    """What the socket is ready for of what is wanted, within so many seconds; 0 if for nothing."""
    try:
        if selector.get_map():
            selector.modify(fileno, wanted)
        else:
            selector.register(fileno, wanted)
    except (OSError, ValueError) as error:
        raise OperationalError("connection socket closed") from error
    ready = selector.select(seconds)
    return ready[0][1] if ready else 0
