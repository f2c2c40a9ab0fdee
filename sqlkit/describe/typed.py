"""The type of an analysed expression, as far as its node says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlkit.describe.tree import Node

_FIELDS = (
    *("vartype", "paramtype", "consttype", "funcresulttype", "opresulttype", "resulttype"),
    *("aggtype", "wintype", "array_typeid", "casetype", "coalescetype", "minmaxtype", "type"),
)


def type_of(expression: Node | None) -> int:
    """The oid of the type; 0 if the node doesn't say it."""
    if expression is None:
        return 0
    return next((oid for name in _FIELDS if (oid := expression.number(name))), 0)
