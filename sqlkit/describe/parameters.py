"""Which parameters may be None: those that are only ever stored straight into nullable columns."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlkit.describe.codes import INSERT, TABLE, UPDATE
from sqlkit.describe.tree import Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlkit.describe.relation import Attribute, Relation
    from sqlkit.describe.tree import Tree

_SUBQUERY, _VALUES = 1, 5  # RTEKind in PostgreSQL's parsenodes.h
_CASTS = frozenset({"RELABELTYPE", "COERCEVIAIO", "ARRAYCOERCEEXPR"})
_CAST_FORMS = (1, 2)  # CoercionForm in primnodes.h: written as a cast, or implicit
_EXTERNAL = 0  # ParamKind in primnodes.h


def nullable_parameters(tree: Tree, relations: Mapping[int, Relation]) -> set[int]:
    """Numbers of the parameters whose every use is as the value of a column that accepts NULL."""
    uses = Counter(_number(node) for node in tree.nodes if _is_parameter(node))
    stored = Counter[int]()
    for level in tree.nodes:
        if level.tag == "QUERY":
            stored.update(_stored(level, relations))
    return {number for number, count in uses.items() if stored[number] == count}


def _is_parameter(node: Node) -> bool:
    return node.tag == "PARAM" and node.number("paramkind") == _EXTERNAL


def _number(node: Node) -> int:
    return node.number("paramid")


def _stored(query: Node, relations: Mapping[int, Relation]) -> Iterator[int]:
    """Parameters that one query level stores into columns that accept NULL, once for each use."""
    target = _target(query, relations)
    if target is None:
        return
    for entry in _assignments(query):
        attribute = target.attributes.get(entry.number("resno"))
        expression = entry.node("expr")
        if attribute is None or expression is None or not attribute.accepts_null:
            continue
        for source in _sources(query, expression):
            value = _without_casts(source, attribute)
            if value is not None and _is_parameter(value):
                yield _number(value)


def _target(query: Node, relations: Mapping[int, Relation]) -> Relation | None:
    rtable, number = query.nodes("rtable"), query.number("resultRelation")
    if query.number("commandType") not in (UPDATE, INSERT) or not 0 < number <= len(rtable):
        return None
    relation = relations.get(rtable[number - 1].number("relid"))
    is_table = relation is not None and relation.kind in ("r", "p", "f")
    return relation if is_table and rtable[number - 1].number("rtekind") == TABLE else None


def _assignments(query: Node) -> list[Node]:
    conflict = query.node("onConflict")
    updates = conflict.nodes("onConflictSet") if conflict else []
    return query.nodes("targetList") + updates


def _sources(query: Node, expression: Node) -> list[Node]:
    """The expressions whose values are stored: over ``values`` or a subquery, those inside it."""
    number = expression.number("varattno")
    if expression.tag != "VAR" or expression.number("varlevelsup") or number < 1:
        return [expression]
    entry = query.nodes("rtable")[expression.number("varno") - 1]
    if entry.number("rtekind") == _VALUES:
        rows = [row for row in entry.items("values_lists") if isinstance(row, list)]
        return [cell for row in rows if isinstance(cell := row[number - 1], Node)]
    subquery = entry.node("subquery") if entry.number("rtekind") == _SUBQUERY else None
    if subquery is None or subquery.node("setOperations"):
        return [expression]
    outputs = [one.node("expr") for one in subquery.nodes("targetList")]
    return [one for one in outputs[number - 1 : number] if one is not None]


def _without_casts(expression: Node | None, attribute: Attribute) -> Node | None:
    while expression is not None:
        if expression.tag in _CASTS:
            expression = expression.node("arg")
        elif expression.tag == "FUNCEXPR" and expression.number("funcformat") in _CAST_FORMS:
            expression = next(iter(expression.nodes("args")), None)
        elif (
            expression.tag == "COERCETODOMAIN"
            and expression.number("resulttype") == attribute.type_oid
        ):
            expression = expression.node("arg")
        else:
            return expression
    return None
