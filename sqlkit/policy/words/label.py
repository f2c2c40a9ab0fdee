"""What a call is called, and its text. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlkit.errors import WrongArgument

if TYPE_CHECKING:
    from sqlkit.policy.call import Call
    from sqlkit.statement import Query

AD_HOC = "ad hoc"


def label(name: str, query: Query[Any] | None) -> str:
    """A call's name where names must be few: all SQL written in place has one together."""
    return name if query is None or query.source else AD_HOC


def sql(call: Call) -> str:
    """The text that a call's arguments ask for; nothing for a function, or if they ask for none."""
    if call.query is None:
        return ""
    try:
        return call.query.variant(call.args).sql
    except WrongArgument:
        return ""
