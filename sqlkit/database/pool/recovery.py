"""When a connection is trusted, and what a failure says about the others. Pure.

Moments are of `time.monotonic`, durations are seconds.

A pool learns of a loss in three ways, in the order of what they cost: a look at the socket, 0.5 µs,
shows what the other side has closed; a check, an empty query, shows what leads nowhere; else the
statement fails that was sent on it. Each casts suspicion on all connections that have not
worked since, which are then checked before they are used. A check that stays unanswered condemns
them at once, for each of them would take as long.
"""

from __future__ import annotations

import random
from itertools import count
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

# A connection that worked so recently is believed to work still, unless its socket says otherwise.
RECENT = 0.5
# One that worked a moment ago isn't even looked at.
MOMENT = 0.001
# What a check may take. A server that doesn't answer an empty query by then answers nothing.
CHECK = 1.0
# While others of the pool work, those that wait do so although no new connection can be had.
PATIENCE = 1.0

_READ_ONLY_TRANSACTION = "25006"


def is_trusted(used: float, expires: float, suspected: float, now: float) -> bool:
    """Whether a connection may be used without a check, if its socket is quiet.

    ``used``: when it worked last. ``suspected``: when another one was found lost.
    """
    return now < expires and used > suspected and now - used < RECENT


def expiry(opened: float, max_lifetime: float) -> float:
    """When to replace a connection: not at the same time as those that were opened with it."""
    return opened + max_lifetime * random.uniform(0.9, 1.0)  # noqa: S311 # no secret


def is_demoted(error: BaseException | None, *, standby: bool, read_only: bool) -> bool:
    """Whether a write failed because the server is a standby by now.

    ``standby``: what the server last said of itself. A write in a transaction that was meant to be
    read-only fails alike, and says nothing about the server.
    """
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    return state == _READ_ONLY_TRANSACTION and standby and not read_only


def openings(
    *, size: int, opening: int, waiting: int, min_size: int, max_size: int, is_down: bool
) -> int:
    """How many connections to begin to open now, ``opening`` being on their way already.

    While the server can't be reached, a single one tries, and only where somebody waits.
    """
    if is_down:
        return int(waiting > 0 and opening == 0 and size < max_size)
    missing = max(waiting - opening, min_size - size - opening)
    return max(0, min(missing, max_size - size - opening))


def is_worth_waiting(worked: float, down_since: float, now: float) -> bool:
    """Whether those that wait may hope for a connection in use, when none can be opened.

    ``worked``: when a connection of the pool worked last. A server that allows no more connections
    goes on to answer on those that it has; one that is gone doesn't.
    """
    return now - worked < PATIENCE or now - down_since < PATIENCE


def pauses(base: float = 0.05, cap: float = 0.5) -> Iterator[float]:
    """How long to wait before each next attempt to connect: growing, with some jitter."""
    for attempt in count():
        bound = min(cap, base * 2.0 ** min(attempt, 32))
        yield random.uniform(bound / 2, bound)  # noqa: S311 # no secret
