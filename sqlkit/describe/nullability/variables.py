"""Rules for columns: of tables, joins, groups, and of the levels around."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlkit.describe.codes import CTE, GROUP, JOIN, SUBQUERY, TABLE, VALUES
from sqlkit.describe.nullability.proof import NEVER_NULL, UNKNOWN, Proof, every, nth
from sqlkit.describe.nullability.returning import excluded, written
from sqlkit.describe.nullability.rules import rule, value, values
from sqlkit.describe.nullability.scope import Scope, Stage
from sqlkit.describe.nullability.sources import columns
from sqlkit.describe.nullability.steps import ask
from sqlkit.describe.tree import Node

if TYPE_CHECKING:
    from sqlkit.describe.nullability.steps import Steps

_WHOLE_ROW = 0
_ROW_SOURCES = frozenset({TABLE, SUBQUERY, VALUES, CTE})


@rule("VAR")
def variable(var: Node, scope: Scope) -> Steps[Proof]:
    """A column, as FROM has it, unless an outer join or a grouping set nulls it."""
    if levels := var.number("varlevelsup"):
        outer = scope.up(levels)
        here = Node("VAR", {**var.fields, "varlevelsup": "0"})
        return (yield from ask(value(here, outer))) if outer else UNKNOWN
    level, place, number = scope.level, var.number("varno"), var.number("varattno")
    entry = level.entry(place)
    if entry is None:
        return UNKNOWN
    kind = entry.number("rtekind")
    if kind == GROUP:
        grouped = entry.nodes("groupexprs")[number - 1 : number]
        return (yield from ask(value(grouped[0], level.rows))) if grouped else UNKNOWN
    if scope.stage is Stage.RETURNING and place == level.target:
        return (yield from ask(written(level, var)))
    conflict = level.query.node("onConflict")
    if conflict and place == conflict.number("exclRelIndex"):
        return (yield from ask(excluded(level, number)))
    if kind == JOIN:
        proof: Proof = yield _of_join(var, entry, scope)
    else:
        proof = yield _of_source(place, number, entry, scope)
    if level.facts_of(scope.stage).has_column(place, number):
        proof |= NEVER_NULL
    lost = scope.stage is Stage.OUTPUT and level.groups.sets
    return proof.nulled(not lost and not level.is_nulled(place, scope.ignoring))


def _of_source(place: int, number: int, entry: Node, scope: Scope) -> Steps[Proof]:
    kind = entry.number("rtekind")
    if number > _WHOLE_ROW:
        return nth((yield columns(scope.level, place)), number)
    if number == _WHOLE_ROW:
        return Proof(kind in _ROW_SOURCES)
    return Proof(kind == TABLE and entry.text("relkind") in ("r", "p", "m"))


def _of_join(var: Node, join: Node, scope: Scope) -> Steps[Proof]:
    """A column of a join; of a full one, USING takes it from whichever side is there."""
    place, number = var.number("varno"), var.number("varattno")
    if number == _WHOLE_ROW:
        return NEVER_NULL
    source = join.items("joinaliasvars")[number - 1 : number]
    if not source or not isinstance(source[0], Node):
        return UNKNOWN
    proof: Proof = yield value(source[0], scope)
    merged = source[0].tag in ("COALESCE", "COALESCEEXPR")
    if proof.not_null or not merged or place not in scope.level.joins.full:
        return proof
    either = replace(scope, ignoring=scope.ignoring | {place})
    sides: list[Proof] = yield values(source[0].nodes("args"), either)
    return Proof(every(sides).not_null, proof.elements)
