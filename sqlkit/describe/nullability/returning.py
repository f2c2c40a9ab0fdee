"""RETURNING: columns of the rows that a statement writes.

Source: PostgreSQL manual, "Returning Data from Modified Rows", CREATE TRIGGER, CREATE RULE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.codes import DELETE, DO_UPDATE, INSERT, MERGE, NEW, OLD, UPDATE
from sqlkit.describe.nullability.proof import NEVER_NULL, UNKNOWN, Proof, nth
from sqlkit.describe.nullability.rules import value
from sqlkit.describe.nullability.sources import of_relation
from sqlkit.describe.nullability.steps import ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.describe.nullability.level import Level
    from sqlkit.describe.nullability.steps import Steps
    from sqlkit.describe.tree import Node


def written(level: Level, var: Node) -> Steps[Proof]:
    """A column of the table or view that is written."""
    entry = level.entry(level.target)
    oid = entry.number("relid") if entry else 0
    relation = level.world.relations.get(oid)
    number, which = var.number("varattno"), var.number("varreturningtype")
    if entry is None or relation is None or relation.rules or not _is_there(level, which):
        return UNKNOWN
    if number < 1:
        return Proof(relation.kind in ("r", "p") or (relation.kind == "v" and not number))
    only = not entry.flag("inh")
    proof = nth((yield of_relation(level.world, oid, only=only, written=True)), number)
    if level.command == DELETE or (level.command == UPDATE and which == OLD):
        known = level.joins.facts.has_column(level.target, number)
        return proof | NEVER_NULL if known else proof
    if level.command in (INSERT, UPDATE) and relation.stores_as_told(number, only=only):
        return proof | (yield from ask(_stored(level, number)))
    return proof


def _is_there(level: Level, which: int) -> bool:
    """Whether every row has an old, or a new, version (from 18 on)."""
    actions = {one.number("commandType") for one in level.query.nodes("mergeActionList")}
    commands = actions if level.command == MERGE else {level.command}
    return (which != OLD or INSERT not in commands) and (which != NEW or DELETE not in commands)


def _stored(level: Level, number: int) -> Steps[Proof]:
    """A column is what the statement sets it to; nothing comes between."""
    if level.command == UPDATE:
        expression = _assigned(level.query.nodes("targetList"), number)
        if expression is None:
            return Proof(level.joins.facts.has_column(level.target, number))
        return (yield from ask(value(expression, level.rows)))
    conflict = level.query.node("onConflict")
    proof: Proof = yield inserted(level, number)
    if conflict is None or conflict.number("action") != DO_UPDATE:
        return proof
    expression = _assigned(conflict.nodes("onConflictSet"), number)
    return proof & ((yield value(expression, level.rows)) if expression else UNKNOWN)


def inserted(level: Level, number: int) -> Steps[Proof]:
    """A column of the row that INSERT was given, where no trigger changes it."""
    expression = _assigned(level.query.nodes("targetList"), number)
    return (yield from ask(value(expression, level.rows))) if expression else UNKNOWN


def excluded(level: Level, number: int) -> Steps[Proof]:
    """A column of EXCLUDED: the row that ON CONFLICT kept from being inserted."""
    entry = level.entry(level.target)
    relation = level.world.relations.get(entry.number("relid")) if entry else None
    if relation is None or not relation.stores_as_told(number, only=True):
        return UNKNOWN
    return (yield from ask(inserted(level, number)))


def _assigned(entries: Sequence[Node], number: int) -> Node | None:
    found = (one.node("expr") for one in entries if one.number("resno") == number)
    return next(found, None)
