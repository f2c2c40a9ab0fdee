"""Rules for expressions that call no function by name.

Source: PostgreSQL manual, "Value Expressions", "Conditional Expressions", "Row and Array
Comparisons".
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlkit.describe.codes import FIRST_OF_USERS, SUBLINK, XML_ELEMENT
from sqlkit.describe.nullability.conditions import NOTHING, Facts
from sqlkit.describe.nullability.proof import (
    ALL,
    NEVER_NULL,
    NULL,
    UNKNOWN,
    Proof,
    every,
    nth,
)
from sqlkit.describe.nullability.rules import rule, value, values
from sqlkit.describe.nullability.steps import ask
from sqlkit.describe.tree import Node

if TYPE_CHECKING:
    from sqlkit.describe.nullability.scope import Scope
    from sqlkit.describe.nullability.steps import Steps

_ALWAYS_THERE = range(14)  # SQLValueFunctionOp: all but CURRENT_SCHEMA, in primnodes.h


@rule("NULLTEST", "BOOLEANTEST", "ROW", "ROWEXPR", "GROUPINGFUNC", "MERGESUPPORTFUNC", "FIELDSTORE")
def never_null(_node: Node, _scope: Scope) -> Steps[Proof]:
    """These always have a value."""
    return NEVER_NULL
    yield


@rule("CONST")
def constant(node: Node, _scope: Scope) -> Steps[Proof]:
    """A constant is what it is."""
    if node.flag("constisnull"):
        return NULL
    return Proof(not_null=True, elements=_is_array_without_null(node))
    yield


def _is_array_without_null(constant: Node) -> bool:
    """Whether the bytes are those of an array without a bitmap of NULLs (array.h: dataoffset)."""
    values = [int(byte) % 256 for byte in constant.datum.strip("[] ").split()]
    if len(values) < 16 or constant.number("constlen") != -1:
        return False
    length, header = len(values), bytes(values[:4])
    plain = length << 2 == int.from_bytes(header, "little") or length == int.from_bytes(header)
    return plain and not any(values[8:12])


@rule("PARAM")
def parameter(node: Node, scope: Scope) -> Steps[Proof]:
    """A parameter may be NULL; what a subquery is compared by is what its column is."""
    if node.number("paramkind") == SUBLINK:
        return nth(scope.subquery, node.number("paramid"))
    return UNKNOWN
    yield


@rule("RELABELTYPE", "COLLATEEXPR", "CONVERTROWTYPEEXPR", "JSONISPREDICATE")
def same(node: Node, scope: Scope) -> Steps[Proof]:
    """The argument under another name."""
    argument = node.node("arg") or node.node("expr")
    return (yield from ask(value(argument, scope))) if argument else UNKNOWN


@rule("COERCEVIAIO")
def by_text(node: Node, scope: Scope) -> Steps[Proof]:
    """No input function gives NULL for a text: the server makes sure (fmgr.c)."""
    argument = node.node("arg")
    proof: Proof = (yield value(argument, scope)) if argument else UNKNOWN
    return Proof(proof.not_null)


@rule("ARRAYCOERCEEXPR")
def by_element(node: Node, scope: Scope) -> Steps[Proof]:
    """An array stays one; its elements are what their cast makes of them."""
    argument, cast = node.node("arg"), node.node("elemexpr")
    proof: Proof = (yield value(argument, scope)) if argument else UNKNOWN
    element = Proof(proof.elements)
    made: Proof = (yield value(cast, with_element(scope, element))) if cast else element
    return Proof(proof.not_null, made.not_null)


def with_element(scope: Scope, element: Proof) -> Scope:
    """The scope of a cast of what is proved to be so."""
    return replace(scope, element=element)


@rule("CASETESTEXPR", "CASETEST")
def element(_node: Node, scope: Scope) -> Steps[Proof]:
    """What a cast converts: an array's element, say."""
    return scope.element
    yield


@rule("COERCETODOMAIN")
def to_domain(node: Node, scope: Scope) -> Steps[Proof]:
    """A cast to a domain that refuses NULL fails for one; only storing gets around it."""
    argument = node.node("arg")
    proof: Proof = (yield value(argument, scope)) if argument else UNKNOWN
    refuses = scope.level.world.type(node.number("resulttype")).refuses_null
    return proof | NEVER_NULL if refuses else proof


@rule("COALESCE", "COALESCEEXPR", "MINMAX", "MINMAXEXPR")
def first(node: Node, scope: Scope) -> Steps[Proof]:
    """One of the arguments; NULL if all are."""
    proofs: list[Proof] = yield values(node.nodes("args"), scope)
    return Proof(any(one.not_null for one in proofs), every(proofs).elements)


@rule("NULLIFEXPR")
def null_if(node: Node, scope: Scope) -> Steps[Proof]:
    """The first argument, or NULL."""
    proofs: list[Proof] = yield values(node.nodes("args"), scope)
    return Proof(elements=nth(proofs, 1).elements)


@rule("BOOLEXPR")
def boolean(node: Node, scope: Scope) -> Steps[Proof]:
    """AND, OR and NOT of what is never NULL."""
    proofs: list[Proof] = yield values(node.nodes("args"), scope)
    return Proof(every(proofs).not_null)


@rule("CASE", "CASEEXPR")
def case(node: Node, scope: Scope) -> Steps[Proof]:
    """One of the results, each under its condition; without ELSE, or NULL."""
    conditions = scope.level.conditions
    proof, before = ALL, NOTHING
    for branch in node.nodes("args"):
        condition, result = branch.node("expr"), branch.node("result")
        holds: Facts = (yield conditions.true(condition)) if condition else NOTHING
        here = scope.knowing(before | holds)
        proof &= (yield value(result, here)) if result else UNKNOWN
        before |= (yield conditions.not_true(condition)) if condition else NOTHING
    default = node.node("defresult")
    return proof & ((yield value(default, scope.knowing(before))) if default else NULL)


@rule("ARRAY", "ARRAYEXPR")
def array(node: Node, scope: Scope) -> Steps[Proof]:
    """An array written out; one of arrays has their elements."""
    proofs: list[Proof] = yield values(node.nodes("elements"), scope)
    whole = every(proofs)
    return Proof(
        not_null=True, elements=whole.elements if node.flag("multidims") else whole.not_null
    )


@rule("SUBSCRIPTINGREF")
def subscripts(node: Node, scope: Scope) -> Steps[Proof]:
    """A slice of an array is one; an element may not be there."""
    container = node.node("refexpr")
    bounds = node.nodes("refupperindexpr") + node.nodes("reflowerindexpr")
    if container is None or not node.items("reflowerindexpr") or node.node("refassgnexpr"):
        return UNKNOWN
    of: Proof = yield value(container, scope)
    limits: list[Proof] = yield values(bounds, scope)
    return Proof(of.not_null and every(limits).not_null, of.elements)


@rule("FIELDSELECT")
def field(node: Node, scope: Scope) -> Steps[Proof]:
    """A field of a row written out; of any other it may be NULL."""
    row = node.node("arg")
    if row is None or row.tag not in ("ROW", "ROWEXPR"):
        return UNKNOWN
    fields = row.items("args")[node.number("fieldnum") - 1 : node.number("fieldnum")]
    return (
        (yield from ask(value(fields[0], scope)))
        if fields and isinstance(fields[0], Node)
        else UNKNOWN
    )


@rule("ROWCOMPAREEXPR", "ROWCOMPARE")
def row_comparison(node: Node, scope: Scope) -> Steps[Proof]:
    """Rows without a NULL compare, if PostgreSQL's own operators do it."""
    own = all(int(oid) < FIRST_OF_USERS for oid in node.items("opnos") if isinstance(oid, str))
    proofs: list[Proof] = yield values(node.nodes("largs") + node.nodes("rargs"), scope)
    return Proof(own and every(proofs).not_null)


@rule("SQLVALUEFUNCTION")
def value_function(node: Node, _scope: Scope) -> Steps[Proof]:
    """CURRENT_DATE and the like; CURRENT_SCHEMA may be none."""
    return Proof(node.number("op") in _ALWAYS_THERE)
    yield


@rule("XMLEXPR")
def xml(node: Node, _scope: Scope) -> Steps[Proof]:
    """XMLELEMENT always gives one."""
    return Proof(node.number("op") == XML_ELEMENT)
    yield
