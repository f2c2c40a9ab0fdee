"""What a call is called, and its text. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlkit.errors import WrongArgument

if TYPE_CHECKING:
    from sqlkit.policy.call import Call
    from sqlkit.statement import Query

AD_HOC = "ad hoc"

_TOLD = 3


def label(name: str, query: Query[Any] | None) -> str:
    """A call's name where names must be few: all SQL written in place has one together."""
    return name if query is None or query.source else AD_HOC


def title(call: Call) -> str:
    """Its name, and of a batch what it is of: ``batch of 3 users.create_user``."""
    content = batched(call)
    return f"{call.name} of {content}" if content else call.name


def batched(call: Call) -> str:
    """A few queries of a batch and how often they are in it; nothing for any other call."""
    # Anything may be in there: what is no statement is refused while the batch is made.
    queries = (getattr(statement, "query", None) for statement in call.statements)
    counts = Counter(query.name for query in queries if query is not None)
    told = [f"{count} {name}" for name, count in counts.most_common(_TOLD)]
    return ", ".join(told) + (", …" if len(counts) > _TOLD else "")


def sql(call: Call) -> str:
    """The text that a call's arguments ask for; nothing for a function, or if they ask for none."""
    if call.query is None:
        return ""
    try:
        return call.query.variant(call.args).sql
    except WrongArgument:
        return ""
