"""When a whole transaction is run again. Pure.

PostgreSQL manual, 13.5 "Serialization Failure Handling": a transaction that ended in
serialization_failure or deadlock_detected may succeed when it is done again, from its start.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

_REPEATABLE = frozenset({"40001", "40P01"})
_BASE = 0.05
_CAP = 2.0


def is_repeatable(error: BaseException) -> bool:
    """Whether PostgreSQL undid the transaction for a reason that may be gone the next time."""
    return isinstance(error, psycopg.Error) and error.sqlstate in _REPEATABLE


def pauses(seconds: float) -> Iterator[float]:
    """How long to wait before each next attempt, in seconds, until ``seconds`` have passed.

    Full jitter: uniform between nothing and an exponentially growing bound.
    """
    import backoff

    end = time.monotonic() + seconds
    bounds = backoff.expo(factor=_BASE, max_value=_CAP)
    next(bounds)  # backoff's generators begin with a value that is not one
    for bound in bounds:
        pause = backoff.full_jitter(bound)
        if time.monotonic() + pause > end:
            return
        yield pause
