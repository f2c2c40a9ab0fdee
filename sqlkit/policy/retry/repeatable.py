"""Whether running a query twice is the same as running it once. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlkit.policy.call import Call
    from sqlkit.statement import Query


def may_repeat(call: Call) -> bool:
    """Whether the whole call may be done twice: its caller says so, or its query is known to."""
    return call.may_repeat or (call.query is not None and is_repeatable(call.query))


def is_repeatable(query: Query[Any]) -> bool:
    """Whether the query says ``@idempotent``, or the server's analysis that it only reads."""
    return query.kind != "copy" and (query.idempotent or only_reads(query))


def only_reads(query: Query[Any]) -> bool:
    """Whether the server's analysis says that the query changes nothing.

    A function that isn't volatile can't change anything, and one that is may (PostgreSQL manual,
    38.7 "Function Volatility Categories"). Of a query that was never described nothing is known.
    """
    effects = query.effects
    return effects is not None and not effects.writes and effects.volatility != "volatile"
