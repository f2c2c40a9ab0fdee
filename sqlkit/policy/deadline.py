"""The moment until which everything in a block must be done. Pure.

A deadline is a moment of `time.monotonic`, in seconds; a timeout is a duration.
"""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

_current: ContextVar[float] = ContextVar("sqlkit.deadline", default=math.inf)

current = _current.get
"""The deadline of the block that this thread or task is in; infinity outside of any."""


@contextmanager
def deadline(seconds: float) -> Generator[None]:
    """Give every call in the block, and all of them together, so many seconds.

    Nested blocks never extend it. A call that takes longer raises `DeadlineExceeded`. Tasks that
    are started in the block inherit it, threads don't. Raises ValueError for a negative number and
    for what is none.
    """
    if isinstance(seconds, str) or not seconds >= 0:
        raise ValueError(f"a deadline takes a number of seconds, 0 or more, not {seconds!r}")
    with until(time.monotonic() + seconds):
        yield


@contextmanager
def until(moment: float) -> Generator[None]:
    """Like `deadline`, with a moment of `time.monotonic`."""
    token = _current.set(min(moment, _current.get()))
    try:
        yield
    finally:
        _current.reset(token)
