"""Whether two expressions are the same: each as a text without its place in the query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.codes import EXTERNAL, JOIN
from sqlkit.describe.tree import Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.describe.nullability.world import World
    from sqlkit.describe.tree import Value

# Of no meaning for the value: where it stands, how it was spelled, what nulled it on the way.
_IGNORED = frozenset(
    {
        *("location", "rexpr_list_start", "rexpr_list_end", "list_start", "list_end"),
        *("varnosyn", "varattnosyn", "varnullingrels", "opfuncid", "hashfuncid", "negfuncid"),
        *("funcformat", "relabelformat", "coerceformat", "convertformat", "row_format"),
        *("coercionformat", "isFrame"),
    }
)
_CALLS = ("funcid", "opfuncid", "aggfnoid", "winfnoid")
_MOST_NODES = 200


def key(expression: Node, rtable: Sequence[Node], world: World) -> str | None:
    """The same text for the same expression; None if it is too long or its value may change.

    A column of a join is its source's column. Volatile functions and subqueries have no key, nor
    has what stands for a value from somewhere else.
    """
    parts: list[str] = []
    stack: list[Value] = [expression]
    count = 0
    while stack:
        value = stack.pop()
        if isinstance(value, Node):
            count += 1
            node = _without_joins(value, rtable)
            if count > _MOST_NODES or _changes(node, world):
                return None
            parts.append(f"{{{node.tag}{node.datum}")
            stack.append("}")
            for name, field in node.fields.items():
                if name in _IGNORED:
                    continue
                if isinstance(field, (Node, list)):
                    stack += [field, name]
                else:
                    parts.append(f" {name} {field}")
        elif isinstance(value, list):
            parts.append("(")
            stack += [")", *reversed(value)]
        else:
            parts.append(f" {value}")
    return "".join(parts)


def _changes(node: Node, world: World) -> bool:
    if node.tag in ("SUBLINK", "CASETESTEXPR", "CASETEST", "NEXTVALUEEXPR"):
        return True
    if node.tag == "PARAM" and node.number("paramkind") != EXTERNAL:
        return True
    return any(
        world.function(node.number(name)).volatility == "v"
        for name in _CALLS
        if node.fields.get(name, "0") != "0"
    )


def _without_joins(node: Node, rtable: Sequence[Node]) -> Node:
    while node.tag == "VAR" and not node.number("varlevelsup"):
        place, number = node.number("varno"), node.number("varattno")
        entry = rtable[place - 1] if 0 < place <= len(rtable) else None
        if entry is None or entry.number("rtekind") != JOIN or number < 1:
            break
        source = entry.items("joinaliasvars")[number - 1 : number]
        if not source or not isinstance(source[0], Node):
            break
        node = source[0]
    return node
