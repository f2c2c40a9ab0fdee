"""The errors for a connection that can't be had: what the server said, and what waited how long."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import psycopg

from sqlkit.errors import DeadlineExceeded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlkit.database.conninfo import Target


def not_connected(error: BaseException, target: Target, seconds: float) -> BaseException:
    """The error for one that waits for a connection that could not be opened.

    It is psycopg's own, noting where the address is from; a copy of it, for others wait too, and
    each adds to it what it knows. ``seconds``: how long it was tried.
    """
    if isinstance(error, psycopg.errors.ConnectionTimeout):
        late = DeadlineExceeded(f"no connection to {target.described} within {seconds:g} s")
        late.add_note(f"the address is from {target.origin}")
        return late
    if not isinstance(error, psycopg.Error):
        return error
    own = copy.copy(error)
    own.__notes__ = [f"the address is from {target.origin}: {target.described}"]
    return own


def in_vain(
    name: str, target: Target, seconds: float, statistics: Mapping[str, int]
) -> DeadlineExceeded:
    """The error for one that has waited so long for a connection."""
    told = format(max(0.0, round(seconds, 2)), "g")
    if not statistics["size"]:
        return DeadlineExceeded(f"no connection to {target.described} within {told} s")
    return DeadlineExceeded(
        f"no connection of database {name!r} became free within {told} s: at most "
        f"{statistics['max_size']} are open (max_size); in use: {statistics['in_use']}, still "
        f"waiting: {statistics['waiting']}"
    )


def exhausted(name: str, statistics: Mapping[str, int], most: int) -> str:
    """What is said of a queue that is full."""
    return (
        f"{most} calls wait for a connection of database {name!r} already (max_waiting); "
        f"in use: {statistics['in_use']} of {statistics['max_size']} (max_size)"
    )


def closed(name: str) -> str:
    """What to do about a pool that is closed."""
    return f"database {name!r} was closed: open() or a with block opens it again"
