"""Rules for what SQL says of JSON in words of its own.

Source: PostgreSQL manual, "JSON Functions and Operators", "SQL/JSON Query Functions"; the numbers
are those of primnodes.h.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.nullability.expressions import with_element
from sqlkit.describe.nullability.proof import NEVER_NULL, UNKNOWN, Proof, every
from sqlkit.describe.nullability.rules import rule, value, values
from sqlkit.describe.nullability.steps import ask
from sqlkit.describe.tree import Node

if TYPE_CHECKING:
    from sqlkit.describe.nullability.scope import Scope
    from sqlkit.describe.nullability.steps import Steps
    from sqlkit.describe.tree import Value

_OBJECT, _ARRAY = 1, 2  # JsonConstructorType
_EXISTS = 0  # JsonExprOp
_ERROR, _TRUE, _FALSE = 1, 3, 4  # JsonBehaviorType
_BOOLEAN = 16


@rule("JSONCONSTRUCTOREXPR")
def constructor(node: Node, scope: Scope) -> Steps[Proof]:
    """JSON_OBJECT and JSON_ARRAY of whatever; others of a value, or what their aggregate gives."""
    aggregate, cast = node.node("func"), node.node("coercion")
    if node.number("type") in (_OBJECT, _ARRAY):
        made = NEVER_NULL
    elif aggregate:
        made = yield value(aggregate, scope)
    else:
        proofs: list[Proof] = yield values(node.nodes("args"), scope)
        made = Proof(every(proofs).not_null)
    return (yield from ask(value(cast, with_element(scope, made)))) if cast else made


@rule("JSONVALUEEXPR")
def with_format(node: Node, scope: Scope) -> Steps[Proof]:
    """A value that is read as JSON."""
    raw, formatted = node.node("raw_expr"), node.node("formatted_expr")
    proof: Proof = (yield value(raw, scope)) if raw else UNKNOWN
    if formatted is None:
        return proof
    return (yield from ask(value(formatted, with_element(scope, Proof(proof.not_null)))))


@rule("JSONEXPR")
def question(node: Node, scope: Scope) -> Steps[Proof]:
    """JSON_EXISTS has an answer for every value; JSON_VALUE and JSON_QUERY may find nothing."""
    if not answers(node):
        return UNKNOWN
    of = [one for name in ("formatted_expr", "path_spec") if (one := node.node(name))]
    proofs: list[Proof] = yield values(of, scope)
    return Proof(every(proofs).not_null)


def answers(question: Node) -> bool:
    """Whether it is JSON_EXISTS, and says yes or no also where the path fails."""
    on_error, returning = question.node("on_error"), question.node("returning")
    return (
        question.number("op") == _EXISTS
        and on_error is not None
        and on_error.number("btype") in (_ERROR, _TRUE, _FALSE)
        and returning is not None
        and returning.number("typid") == _BOOLEAN
    )


def of_json_table(table: Node) -> list[Proof]:
    """Columns of JSON_TABLE: of its own rows, not nested ones, the number and what EXISTS says."""
    plan = table.node("plan")
    own = range(plan.number("colMin"), plan.number("colMax") + 1) if plan else range(0)
    return [
        Proof(number in own and (column is None or _is_answer(column)))
        for number, column in enumerate(table.items("colvalexprs"))
    ]


def _is_answer(column: Value) -> bool:
    return isinstance(column, Node) and column.tag == "JSONEXPR" and answers(column)
