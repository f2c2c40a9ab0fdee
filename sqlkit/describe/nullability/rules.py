"""The rules for expressions, by the tag of their node, and how they are applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from sqlkit.describe.nullability.conditions import NOTHING
from sqlkit.describe.nullability.key import key
from sqlkit.describe.nullability.proof import NEVER_NULL, UNKNOWN, Proof
from sqlkit.describe.nullability.scope import Scope, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlkit.describe.nullability.steps import Steps
    from sqlkit.describe.tree import Node

    Rule: TypeAlias = Callable[[Node, Scope], Steps[Proof]]

RULES: dict[str, Rule] = {}
_NO_KEY = frozenset({"CONST", "PARAM", "CASETESTEXPR"})


def rule(*tags: str) -> Callable[[Rule], Rule]:
    """Decorator: the rule for nodes of these tags."""

    def register(one: Rule) -> Rule:
        RULES.update(dict.fromkeys(tags, one))
        return one

    return register


def value(expression: Node, scope: Scope) -> Steps[Proof]:
    """What is proved of an expression's value."""
    groups = scope.level.groups
    proved = is_proved(expression, scope)
    if groups.sets and scope.stage is Stage.OUTPUT:
        name = _key(expression, scope)
        if name in groups.lost_keys:
            return NEVER_NULL if proved else UNKNOWN
        if name in groups.kept_keys:
            scope = scope.level.rows
    one = RULES.get(expression.tag)
    proof: Proof = (yield one(expression, scope)) if one else UNKNOWN
    return proof | NEVER_NULL if proved else proof


def is_proved(expression: Node, scope: Scope) -> bool:
    """Whether a condition makes sure that the expression is not null."""
    level, stage = scope.level, scope.stage
    after = level.having if stage is Stage.OUTPUT else NOTHING
    if expression.tag == "VAR" and not expression.number("varlevelsup"):
        place, number = expression.number("varno"), expression.number("varattno")
        return after.has_column(place, number) or scope.facts.has_column(place, number)
    known = level.facts_of(stage).keys | after.keys | scope.facts.keys
    return bool(known) and _key(expression, scope) in known


def _key(expression: Node, scope: Scope) -> str | None:
    if expression.tag in _NO_KEY:
        return None
    return key(expression, scope.level.rtable, scope.level.world)


def values(expressions: Iterable[Node], scope: Scope) -> Steps[list[Proof]]:
    """What is proved of each expression's value."""
    found: list[Proof] = []
    for expression in expressions:
        proof: Proof = yield value(expression, scope)
        found.append(proof)
    return found
