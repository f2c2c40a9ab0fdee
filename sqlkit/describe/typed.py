"""The type of an analysed expression, as far as its node says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlkit.describe.tree import Node

_FIELDS = {
    "VAR": "vartype",
    "PARAM": "paramtype",
    "CONST": "consttype",
    "FUNCEXPR": "funcresulttype",
    **dict.fromkeys(("OPEXPR", "NULLIFEXPR", "DISTINCTEXPR"), "opresulttype"),
    **dict.fromkeys(
        ("RELABELTYPE", "COERCEVIAIO", "ARRAYCOERCEEXPR", "CONVERTROWTYPEEXPR", "COERCETODOMAIN"),
        "resulttype",
    ),
    "FIELDSELECT": "resulttype",
    "AGGREF": "aggtype",
    "WINDOWFUNC": "wintype",
    **dict.fromkeys(("ARRAY", "ARRAYEXPR"), "array_typeid"),
    **dict.fromkeys(("CASE", "CASEEXPR"), "casetype"),
    **dict.fromkeys(("COALESCE", "COALESCEEXPR"), "coalescetype"),
    **dict.fromkeys(("MINMAX", "MINMAXEXPR"), "minmaxtype"),
    **dict.fromkeys(("ROW", "ROWEXPR"), "row_typeid"),
    **dict.fromkeys(("SQLVALUEFUNCTION", "XMLEXPR"), "type"),
    "SUBSCRIPTINGREF": "refrestype",
}


def type_of(expression: Node | None) -> int:
    """The oid of the type; 0 if the node doesn't say it."""
    field = _FIELDS.get(expression.tag) if expression else None
    return expression.number(field) if expression and field else 0
