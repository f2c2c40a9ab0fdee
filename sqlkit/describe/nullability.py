"""Which result columns are proved to be never NULL: coarse, and sound.

A column is not null only by a rule below; whatever is not known is nullable. Joins, set operations,
grouping sets and most expressions prove nothing yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlkit.describe.relation import Relation
    from sqlkit.describe.tree import Node

SELECT, UPDATE, INSERT, DELETE = 1, 2, 3, 4  # CmdType in PostgreSQL's nodes.h
TABLE, GROUP = 0, 9  # RTEKind in parsenodes.h
_KEPT_SIDES = {0: ("larg", "rarg"), 1: ("larg",), 3: ("rarg",)}  # JoinType in nodes.h
_EXISTS = 0  # SubLinkType in primnodes.h

# Built-in functions have the same oid in every version: pg_proc.dat.
_NEVER_NULL = frozenset(
    {
        2147,  # count(any)
        2803,  # count(*)
        3100,  # row_number
        3101,  # rank
        3102,  # dense_rank
        1299,  # now
        2647,  # transaction_timestamp
        2648,  # statement_timestamp
        2649,  # clock_timestamp
        3432,  # gen_random_uuid
    }
)
_CLOCKS = range(9)  # SQLValueFunctionOp: current_date to localtimestamp(n), in primnodes.h


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proved of a result column: that it, or that no element of its array, is ever NULL."""

    not_null: bool = False
    elements: bool = False


def targets(query: Node) -> list[Node]:
    """The expressions of a query's result columns, in order."""
    entries = query.nodes(
        "targetList" if query.number("commandType") == SELECT else "returningList"
    )
    return [
        expression
        for entry in entries
        if not entry.flag("resjunk") and (expression := entry.node("expr")) is not None
    ]


def prove(query: Node, relations: Mapping[int, Relation]) -> list[Proof]:
    """What is proved of each result column of an analysed query."""
    columns = targets(query)
    if query.node("setOperations") or query.items("groupingSets"):
        return [Proof() for _ in columns]
    scope = _Scope(query, relations)
    return [Proof(scope.not_null(column), scope.elements(column)) for column in columns]


class _Scope:
    """One query level: what its expressions may refer to."""

    def __init__(self, query: Node, relations: Mapping[int, Relation]) -> None:
        self._rtable = query.nodes("rtable")
        self._sure = _never_extended(query)
        self._relations = relations

    def not_null(self, expression: Node) -> bool:
        """Whether the expression is never NULL."""
        pending = [expression]
        while pending:
            current = pending.pop()
            if current.tag in ("COALESCE", "COALESCEEXPR"):
                pending += current.nodes("args")
            elif current.tag == "RELABELTYPE":
                pending += [arg for arg in [current.node("arg")] if arg]
            elif self._var(current) if current.tag == "VAR" else _never_null(current):
                return True
        return False

    def elements(self, expression: Node) -> bool:
        """Whether the expression is an array written out, of elements that are never NULL."""
        return (
            expression.tag in ("ARRAY", "ARRAYEXPR")
            and not expression.flag("multidims")
            and all(map(self.not_null, expression.nodes("elements")))
        )

    def _var(self, var: Node) -> bool:
        number, place = var.number("varattno"), var.number("varno")
        # From 18 on, RETURNING can ask for the row as it was before an INSERT: there was none.
        if var.number("varlevelsup") or var.number("varreturningtype") or number < 1:
            return False
        entry = self._rtable[place - 1] if 0 < place <= len(self._rtable) else None
        if entry is None:
            return False
        if entry.number("rtekind") == GROUP:
            # From 18 on, a grouped expression is looked up in a range table entry of its own.
            grouped = entry.nodes("groupexprs")
            return number <= len(grouped) and self.not_null(grouped[number - 1])
        relation = self._relations.get(entry.number("relid"))
        return (
            entry.number("rtekind") == TABLE
            and place in self._sure
            and relation is not None
            and relation.never_null(number, only=not entry.flag("inh"))
        )


def _never_null(expression: Node) -> bool:
    match expression.tag:
        case "CONST":
            return not expression.flag("constisnull")
        case "AGGREF" | "WINDOWFUNC" | "FUNCEXPR":
            oids = (expression.number(name) for name in ("aggfnoid", "winfnoid", "funcid"))
            return any(oid in _NEVER_NULL for oid in oids)
        case "SQLVALUEFUNCTION":
            return expression.number("op") in _CLOCKS
        case "SUBLINK":
            return expression.number("subLinkType") == _EXISTS
        case "NULLTEST" | "BOOLEANTEST" | "ARRAY" | "ARRAYEXPR":
            return True
        case _:
            return False


def _never_extended(query: Node) -> set[int]:
    """Numbers of the range table entries whose rows no outer join of this level nulls."""
    command, found = query.number("commandType"), set[int]()
    if command in (UPDATE, INSERT, DELETE):
        found.add(query.number("resultRelation"))
    jointree = query.node("jointree")
    pending = jointree.nodes("fromlist") if jointree and command in (SELECT, UPDATE, DELETE) else []
    while pending:
        item = pending.pop()
        if item.tag == "RANGETBLREF":
            found.add(item.number("rtindex"))
        elif item.tag == "JOINEXPR":
            sides = _KEPT_SIDES.get(item.number("jointype"), ())
            pending += [side for name in sides if (side := item.node(name))]
    return found
