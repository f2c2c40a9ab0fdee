"""Subqueries in expressions (PostgreSQL manual, "Subquery Expressions", "Scalar Subqueries")."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlkit.describe.codes import ALL, ANY, ARRAY, EXISTS, SCALAR, SELECT, VALUES
from sqlkit.describe.nullability.level import Level, open_level, set_returning
from sqlkit.describe.nullability.proof import NEVER_NULL, UNKNOWN, Proof, every, nth
from sqlkit.describe.nullability.rules import rule, value
from sqlkit.describe.nullability.sources import results
from sqlkit.describe.typed import type_of

if TYPE_CHECKING:
    from sqlkit.describe.nullability.scope import Scope
    from sqlkit.describe.nullability.steps import Steps
    from sqlkit.describe.tree import Node


@rule("SUBLINK")
def sublink(node: Node, scope: Scope) -> Steps[Proof]:
    """A scalar subquery without a row is NULL; IN and ALL are NULL if a comparison may be."""
    kind, query = node.number("subLinkType"), node.node("subselect")
    if kind == EXISTS:
        return NEVER_NULL
    if query is None:
        return UNKNOWN
    level: Level = yield open_level(query, scope.level.world, scope)
    columns: list[Proof] = yield results(level)
    column = nth(columns, 1)
    if kind == SCALAR:
        return column.nulled(_has_row(level))
    if kind == ARRAY:
        return Proof(not_null=True, elements=_elements(level, column))
    test = node.node("testexpr")
    if kind not in (ANY, ALL) or test is None or not every(columns).not_null:
        return UNKNOWN
    compared: Proof = yield value(test, replace(scope, subquery=columns))
    return Proof(compared.not_null)


def _elements(level: Level, column: Proof) -> bool:
    """ARRAY over arrays has their elements."""
    used = level.world.types.get(type_of(next(iter(level.columns())).node("expr")))
    if used is None:
        return column.not_null and column.elements
    return column.elements if used.array else column.not_null


def _has_row(level: Level) -> bool:
    """Whether the subquery has a row whatever the tables hold."""
    query = level.query
    if level.command != SELECT or query.node("setOperations") or query.node("havingQual"):
        return False
    if query.node("limitOffset") or not _lets_one_through(query.node("limitCount")):
        return False
    if level.groups.sets or level.groups.order or query.flag("hasAggs"):
        return level.groups.always
    jointree = query.node("jointree")
    sources = jointree.nodes("fromlist") if jointree else []
    entries = [level.entry(one.number("rtindex")) for one in sources]
    made = all(entry and entry.number("rtekind") == VALUES for entry in entries)
    conditions = jointree.node("quals") if jointree else None
    return made and conditions is None and not set_returning(level)


def _lets_one_through(limit: Node | None) -> bool:
    """Whether LIMIT is none, or a number above 0."""
    if limit is None:
        return True
    if limit.tag == "FUNCEXPR" and len(limit.nodes("args")) == 1:
        limit = limit.nodes("args")[0]  # the cast to bigint
    digits = limit.datum.strip("[] ").split()
    return limit.tag == "CONST" and (limit.flag("constisnull") or any(map(int, digits)))
