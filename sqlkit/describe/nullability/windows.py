"""Window functions, and aggregates over a frame (PostgreSQL manual, "Window Functions")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.nullability.aggregates import of_aggregate
from sqlkit.describe.nullability.proof import UNKNOWN, Proof, every, nth
from sqlkit.describe.nullability.rules import rule, values

if TYPE_CHECKING:
    from sqlkit.describe.nullability.scope import Scope
    from sqlkit.describe.nullability.steps import Steps
    from sqlkit.describe.tree import Node

_NUMBERS = frozenset({"row_number", "rank", "dense_rank", "percent_rank", "cume_dist"})
_OF_FRAME = frozenset({"first_value", "last_value"})
_NEIGHBOURS = frozenset({"lag", "lead"})

# Of FRAMEOPTION_* in parsenodes.h: how a frame that holds the current row may begin and end.
_BEGINS = 0x00020 | 0x00200 | 0x00800  # UNBOUNDED PRECEDING, CURRENT ROW, n PRECEDING
_ENDS = 0x00100 | 0x00400 | 0x04000  # UNBOUNDED FOLLOWING, CURRENT ROW, n FOLLOWING
_EXCLUDES = 0x08000 | 0x10000  # EXCLUDE CURRENT ROW, EXCLUDE GROUP


@rule("WINDOWFUNC")
def window_function(node: Node, scope: Scope) -> Steps[Proof]:
    """A function of the rows around."""
    function = scope.level.world.function(node.number("winfnoid"))
    arguments: list[Proof] = yield values(node.nodes("args"), scope)
    first = nth(arguments, 1)
    if function.name in _NUMBERS:
        return Proof(not_null=True)
    if function.name == "ntile":
        return Proof(first.not_null)
    if function.name in _NEIGHBOURS:
        elements = first.elements and (len(arguments) < 3 or nth(arguments, 3).elements)
        return Proof(len(arguments) == 3 and every(arguments).not_null, elements)
    has_row = _holds_current_row(scope.level.query, node.number("winref"))
    if function.name in _OF_FRAME:
        return Proof(has_row and first.not_null, first.elements)
    if function.name == "nth_value":
        return Proof(elements=first.elements)
    if not node.flag("winagg"):
        return UNKNOWN
    has_row = has_row and node.node("aggfilter") is None
    return of_aggregate(function, arguments, has_rows=has_row)


def _holds_current_row(query: Node, number: int) -> bool:
    """Whether the frame of a window has the current row in it."""
    windows = (one for one in query.nodes("windowClause") if one.number("winref") == number)
    window = next(windows, None)
    options = window.number("frameOptions") if window else 0
    return bool(options & _BEGINS and options & _ENDS and not options & _EXCLUDES)
