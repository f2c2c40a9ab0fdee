"""What the server is told of how long a statement may take, so that it ends it by itself. Pure.

The client waits a little longer, and cancels what the server hasn't ended. So a statement also ends
when its client is gone, or when no cancel gets through.

PostgreSQL manual, 20.11.1 "Statement Behavior": statement_timeout counts whole milliseconds of each
statement, and 0 is no limit. 9.28.1 "Configuration Settings Functions": what set_config sets
locally ends with the transaction, so it can't reach the next user of a connection.
"""

from __future__ import annotations

import math

PATIENCE = 0.025
"""Seconds that the client waits longer than the server has been told."""

_LONGEST = 2**31 - 1

# A limit in force that is longer by so little is left alone: to tell another costs more.
_NEAR = 0.95

# One that is shorter already, by the user or for the role, stays.
_SHORTER = (
    "set_config('statement_timeout', case when current_setting('statement_timeout')::interval"
    " between '1 ms' and {0}::text::interval then current_setting('statement_timeout')"
    " else {0}::text end, {1})"
)
_ANY = "set_config('statement_timeout', {0}::text, {1})"

KEEP = "SELECT set_config('sqlkit.statement_timeout', current_setting('statement_timeout'), true)"
"""Remembers the limit in force, until `RESTORE`; inside a transaction."""

RESTORE = (
    "SELECT set_config('statement_timeout', current_setting('sqlkit.statement_timeout'), true)"
)
"""The limit that was in force before; inside a transaction."""


def milliseconds(seconds: float) -> int:
    """A limit in the server's unit: rounded up, so never to 0, which would be none."""
    return max(1, math.ceil(min(seconds * 1000, _LONGEST)))


def must_be_told(left: float, in_force: float, own: float | None) -> bool:
    """Whether the limit in force would end a statement too late, or too early.

    ``left``: how long it may take; ``own``: what its query says by ``@timeout``, which alone may
    exceed the limit in force.
    """
    return left < enough(in_force) or is_longer(own, in_force)


def enough(in_force: float) -> float:
    """The seconds that must be left so that the limit in force may stand."""
    return _NEAR * in_force


def is_longer(own: float | None, in_force: float) -> bool:
    """Whether a query asks for more than the limit in force."""
    return own is not None and own > in_force


def local(*, is_sure: bool) -> str:
    """Sets the limit, its text being ``$1``, until the transaction ends; for a select's list.

    Unless ``is_sure``, a shorter one in force stays.
    """
    return (_ANY if is_sure else _SHORTER).format("$1", "true")


def within(left: float) -> str:
    """Sets the limit until the transaction ends, unless a shorter one is in force."""
    return _SHORTER.format(f"'{milliseconds(left)}ms'", "true")


def none_instead_of(seconds: float) -> str:
    """Lifts the limit until the transaction ends, unless it is another than this one."""
    return (
        "set_config('statement_timeout', case current_setting('statement_timeout')::interval"
        f" when '{milliseconds(seconds)}ms'::interval then '0'"
        " else current_setting('statement_timeout') end, true)"
    )


def in_session(seconds: float) -> str:
    """Sets the limit for a session, unless a shorter one is in force; gives it as an interval."""
    if math.isinf(seconds):
        return "current_setting('statement_timeout')::interval"
    return _SHORTER.format(f"'{milliseconds(seconds)}ms'", "false") + "::interval"
