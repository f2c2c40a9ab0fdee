"""Aggregates over groups (PostgreSQL manual, "Aggregate Functions").

All but the counting ones give NULL for a group without rows, or with nothing but NULLs in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.nullability.conditions import NOTHING, Facts
from sqlkit.describe.nullability.proof import UNKNOWN, Proof, every, nth
from sqlkit.describe.nullability.rules import rule, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.describe.function import Function
    from sqlkit.describe.nullability.scope import Scope
    from sqlkit.describe.nullability.steps import Steps
    from sqlkit.describe.tree import Node

COUNTS = frozenset({"count", "regr_count", "rank", "dense_rank", "percent_rank", "cume_dist"})
"""These have a value for no rows too."""

_COLLECTS = """
array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg
json_agg_strict jsonb_agg_strict json_object_agg_strict jsonb_object_agg_strict
json_object_agg_unique jsonb_object_agg_unique
json_object_agg_unique_strict jsonb_object_agg_unique_strict
"""
COLLECTS = frozenset(_COLLECTS.split())
"""These take NULLs in: a row is enough."""

_OF_VALUES = """
sum avg min max bit_and bit_or bit_xor bool_and bool_or every string_agg any_value
range_agg range_intersect_agg xmlagg mode percentile_cont percentile_disc
var_pop stddev_pop covar_pop regr_avgx regr_avgy regr_sxx regr_syy regr_sxy
"""
OF_VALUES = frozenset(_OF_VALUES.split())
"""These need a row without a NULL. Those that need two, ``stddev`` for one, are not among them."""

_ONE_OF_TWO = frozenset({"string_agg"})  # whose delimiter may be NULL


@rule("AGGREF")
def aggregate(node: Node, scope: Scope) -> Steps[Proof]:
    """An aggregate of the rows of a group."""
    level = scope.level
    function = level.world.function(node.number("aggfnoid"))
    if node.number("agglevelsup"):
        return Proof(function.name in COUNTS)
    condition = node.node("aggfilter")
    passed: Facts = (yield level.conditions.true(condition)) if condition else NOTHING
    arguments = [one for entry in node.nodes("args") if (one := entry.node("expr"))]
    proofs: list[Proof] = yield values(arguments, level.rows.knowing(passed))
    direct: list[Proof] = yield values(node.nodes("aggdirectargs"), level.rows)
    has_rows = level.groups.never_empty and condition is None
    return of_aggregate(function, [*direct, *proofs], has_rows=has_rows)


def of_aggregate(function: Function, arguments: Sequence[Proof], *, has_rows: bool) -> Proof:
    """What is proved of an aggregate; ``has_rows``: over one row at least."""
    name = function.name
    if name in COUNTS:
        return Proof(not_null=True)
    first = nth(arguments, 1)
    elements = _elements(function, first)
    if name in COLLECTS:
        return Proof(has_rows, elements)
    if name not in OF_VALUES:
        return UNKNOWN
    needed = arguments[:1] if name in _ONE_OF_TWO else arguments
    return Proof(has_rows and every(needed).not_null, elements)


def _elements(function: Function, argument: Proof) -> bool:
    """Arrays of what was never NULL; of arrays, what these hold."""
    if function.name == "array_agg":
        of_arrays = function.signature == "array_agg(anyarray)"
        return argument.elements if of_arrays else argument.not_null
    return function.name in ("min", "max", "any_value", "mode") and argument.elements
