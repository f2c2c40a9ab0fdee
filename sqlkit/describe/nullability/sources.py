"""What is proved of columns of FROM's items: tables, views, subqueries, WITH queries, VALUES."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.codes import (
    CTE,
    FIRST_OF_USERS,
    FUNCTION,
    SELECT,
    SUBQUERY,
    TABLE,
    TABLE_FUNCTION,
    VALUES,
)
from sqlkit.describe.nullability.level import Level, open_level
from sqlkit.describe.nullability.proof import ALL, UNKNOWN, Proof, each
from sqlkit.describe.nullability.rules import is_proved, value, values
from sqlkit.describe.nullability.set_operations import combined
from sqlkit.describe.nullability.steps import ask
from sqlkit.describe.nullability.table_functions import of_functions, of_table_function
from sqlkit.describe.nullability.world import World
from sqlkit.describe.tree import Node
from sqlkit.describe.typed import type_of

if TYPE_CHECKING:
    from sqlkit.describe.nullability.scope import Scope
    from sqlkit.describe.nullability.steps import Steps
    from sqlkit.describe.relation import Relation


def columns(level: Level, place: int) -> Steps[list[Proof]]:
    """Columns of one item of a level's FROM, as if no outer join nulled them."""
    if place not in level.sources:
        entry = level.entry(place)
        level.sources[place] = (yield _columns(level, entry)) if entry else []
    return level.sources[place]


def _columns(level: Level, entry: Node) -> Steps[list[Proof]]:
    kind, subquery = entry.number("rtekind"), entry.node("subquery")
    if kind == TABLE:
        only = not entry.flag("inh")
        oid = entry.number("relid")
        return (yield from ask(of_relation(level.world, oid, only=only, written=level.view)))
    if kind == SUBQUERY and subquery:
        return (yield from ask(of_query(subquery, level.world, level.rows)))
    if kind == CTE:
        return (yield from ask(_of_cte(level, entry)))
    if kind == VALUES:
        rows: list[list[Proof]] = []
        for row in entry.items("values_lists"):
            cells = (
                [cell for cell in row if isinstance(cell, Node)] if isinstance(row, list) else []
            )
            rows.append((yield values(cells, level.rows)))
        return each(*rows)
    if kind == FUNCTION:
        return (yield from ask(of_functions(entry, level.rows)))
    return of_table_function(entry) if kind == TABLE_FUNCTION else []


def of_relation(world: World, oid: int, *, only: bool, written: bool) -> Steps[list[Proof]]:
    """Columns of a table or view; ``written``: of the rows that a statement has just written.

    A row written through a view needn't satisfy its conditions. A materialized view's rows are as
    old as its last refresh: constraints added since, a domain's too, prove nothing; its expressions
    still do.
    """
    relation = world.relations.get(oid)
    if relation is None or (written and relation.rules):
        return []
    if relation.kind == "v" and relation.rule and written:
        level: Level = yield open_level(relation.rule.query, world, view=True)
        return (yield from ask(results(level)))
    if relation.kind in ("v", "m") and relation.rule:
        if oid not in world.views:
            seen = world if relation.kind == "v" else World({}, world.functions)
            world.views[oid] = yield of_query(relation.rule.query, seen)
        return world.views[oid]
    return _of_table(relation, only=only)


def _of_table(relation: Relation, *, only: bool) -> list[Proof]:
    return [
        Proof(
            relation.never_null(number, only=only),
            relation.no_null_elements(number, only=only),
        )
        for number in range(1, max(relation.attributes, default=0) + 1)
    ]


def _of_cte(level: Level, entry: Node) -> Steps[list[Proof]]:
    """Columns of a WITH query; a recursive one's are the most that proves itself."""
    scope = level.rows.up(entry.number("ctelevelsup"))
    name = entry.text("ctename")
    ctes = scope.level.query.nodes("cteList") if scope else []
    cte = next((one for one in ctes if one.text("ctename") == name), None)
    query = cte.node("ctequery") if cte else None
    if scope is None or cte is None or query is None:
        return []
    known = scope.level.ctes
    if name not in known and cte.flag("cterecursive"):
        found = [ALL] * len(cte.items("ctecolnames"))
        while known.get(name) != found:
            known[name] = found
            found = each(found, (yield of_query(query, level.world, scope)))
        known[name] = found + _of_search(cte)
    elif name not in known:
        known[name] = yield of_query(query, level.world, scope)
    return known[name]


def _of_search(cte: Node) -> list[Proof]:
    """What SEARCH and CYCLE add: the place in the order, the mark, and the path."""
    found: list[Proof] = []
    search, cycle = cte.node("search_clause"), cte.node("cycle_clause")
    if search:
        found.append(Proof(not_null=True, elements=not search.flag("search_breadth_first")))
    if cycle:
        marks = [cycle.node("cycle_mark_value"), cycle.node("cycle_mark_default")]
        known = all(m and m.tag == "CONST" and not m.flag("constisnull") for m in marks)
        found += [Proof(known), Proof(not_null=True, elements=True)]
    return found


def of_query(query: Node, world: World, parent: Scope | None = None) -> Steps[list[Proof]]:
    """Result columns of an analysed query."""
    level: Level = yield open_level(query, world, parent)
    return (yield from ask(results(level)))


def results(level: Level) -> Steps[list[Proof]]:
    """Result columns of a query level."""
    operations = level.query.node("setOperations")
    if operations and level.command == SELECT:
        return (yield from ask(_of_operations(operations, level)))
    scope, groups = level.output, level.groups
    found: list[Proof] = []
    for entry in level.columns():
        expression = entry.node("expr")
        proof: Proof = (yield value(expression, scope)) if expression else UNKNOWN
        if expression and entry.number("ressortgroupref") in groups.lost:
            proof = proof.nulled(is_proved(expression, scope))
        found.append(proof)
    return found


def _of_operations(operations: Node, level: Level) -> Steps[list[Proof]]:
    """Columns of UNION, INTERSECT and EXCEPT, from the innermost outwards."""
    if operations.tag == "RANGETBLREF":
        return (yield from ask(columns(level, operations.number("rtindex"))))
    sides: list[list[Proof]] = []
    for name in ("larg", "rarg"):
        side = operations.node(name)
        proofs: list[Proof] = (yield _of_operations(side, level)) if side else []
        leaf = level.entry(side.number("rtindex")) if side and side.tag == "RANGETBLREF" else None
        sides.append(_converted(proofs, leaf, operations, level.world) if leaf else proofs)
    return combined(operations.number("op"), *sides)


def _converted(proofs: list[Proof], leaf: Node, operations: Node, world: World) -> list[Proof]:
    """A user's own cast to the common type may give NULL."""
    subquery = leaf.node("subquery")
    entries = subquery.nodes("targetList") if subquery else []
    types = [type_of(entry.node("expr")) for entry in entries]
    wanted = [int(oid) for oid in operations.items("colTypes") if isinstance(oid, str)]
    return [
        proof if own == to or max(world.type(own).base or own, to) < FIRST_OF_USERS else UNKNOWN
        for proof, own, to in zip(proofs, types, wanted, strict=False)
    ]
