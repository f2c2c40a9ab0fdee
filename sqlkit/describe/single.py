"""Whether a query that writes can't give more than one row, by its text and the unique indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.codes import DELETE, INSERT, UPDATE
from sqlkit.describe.tree import Node, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sqlkit.describe.relation import Relation


def writes_one(query: Node, relations: Mapping[int, Relation], equalities: Collection[int]) -> bool:
    """Whether the query inserts one row of values, or changes one found by a unique index.

    ``equalities`` are the oids of the operators that a btree takes for equality.
    """
    command, jointree = query.number("commandType"), query.node("jointree")
    if command == INSERT:
        return jointree is not None and not jointree.nodes("fromlist")
    target, rtable = query.number("resultRelation"), query.nodes("rtable")
    if command not in (UPDATE, DELETE) or jointree is None or not 0 < target <= len(rtable):
        return False
    relation = relations.get(rtable[target - 1].number("relid"))
    if relation is None or (relation.heirs and relation.kind != "p"):
        return False
    fixed = set(fixed_columns(jointree.node("quals"), target, equalities))
    return any(fixed.issuperset(index) for index in relation.unique)


def fixed_columns(quals: Node | None, target: int, equalities: Collection[int]) -> Iterator[int]:
    """Numbers of the target's columns that a condition holds to one value."""
    pending = [quals] if quals else []
    for condition in pending:
        if condition.tag == "BOOLEXPR" and condition.text("boolop") == "and":
            pending += condition.nodes("args")
        elif condition.tag == "OPEXPR" and condition.number("opno") in equalities:
            sides = [_relabelled(side) for side in condition.nodes("args")]
            for one, other in (sides, sides[::-1]):
                if _is_column(one, target) and not any(n.tag == "VAR" for n in walk(other)):
                    yield one.number("varattno")


def _relabelled(expression: Node) -> Node:
    while expression.tag == "RELABELTYPE" and (inner := expression.node("arg")):
        expression = inner
    return expression


def _is_column(expression: Node, target: int) -> bool:
    return (
        expression.tag == "VAR"
        and not expression.number("varlevelsup")
        and expression.number("varno") == target
    )
