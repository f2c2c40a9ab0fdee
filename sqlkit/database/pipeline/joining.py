"""Which calls may go on a lane. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlkit.policy.retry.repeatable import only_reads

if TYPE_CHECKING:
    from sqlkit.statement import Query

_KINDS = ("one", "maybe", "many")


def may_join(query: Query[Any], timeout: float) -> bool:
    """Whether the server's analysis says that a query only reads, and it may not take long.

    It may be run twice, and in one transaction with others. A row that it locked would stay locked
    for as long as the others take. ``timeout``: seconds that the server gives a statement unless it
    is told otherwise, as it isn't here.
    """
    effects = query.effects
    return (
        effects is not None
        and query.kind in _KINDS
        and not effects.locks
        and only_reads(query)
        and (query.timeout is None or query.timeout <= timeout)
    )
