"""How a call ended, in the few words that logs, metrics and spans share. Pure.

No word is made of a message: PostgreSQL quotes values in those, such as ``Key (email)=(a@b.c)
already exists``. Classes of SQLSTATE: PostgreSQL manual, Appendix A "PostgreSQL Error Codes".
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import psycopg

from sqlkit.errors import CircuitOpen, NoRow, PoolExhausted
from sqlkit.policy.words.lost import is_lost

Outcome: TypeAlias = Literal["ok", "no_row", "error", "timeout", "refused", "cancelled"]
"""``no_row``: a ``:one`` query found none, which is an answer. ``refused``: nothing was tried, by
the breaker or a full queue. ``cancelled``: by Ctrl-C, a task's cancellation, or on the server."""

_CANCELLED = "57014"
_TRANSACTION_TIMEOUT = "25P04"


def outcome(error: BaseException | None) -> Outcome:
    """How a call ended whose error this is."""
    if error is None:
        return "ok"
    if isinstance(error, NoRow):
        return "no_row"
    if isinstance(error, CircuitOpen | PoolExhausted):
        return "refused"
    state = sqlstate(error)
    if isinstance(error, TimeoutError) or state == _TRANSACTION_TIMEOUT:
        return "timeout"
    if not isinstance(error, Exception) or state == _CANCELLED:
        return "cancelled"
    return "error"


def sqlstate(error: BaseException | None) -> str | None:
    """What PostgreSQL said; None if it was not PostgreSQL that said something."""
    return error.sqlstate if isinstance(error, psycopg.Error) else None


def named(error: BaseException) -> str:
    """Its class, and SQLSTATE if it has one: ``UniqueViolation 23505``."""
    state = sqlstate(error)
    return type(error).__name__ + (f" {state}" if state else "")


def error_class(error: BaseException) -> str:
    """The first two characters of SQLSTATE, or the name of the exception's class.

    A connection that libpq lost or never had is ``08``, PostgreSQL's own class for it.
    """
    state = sqlstate(error)
    if state is not None:
        return state[:2]
    return "08" if is_lost(error) else type(error).__name__
