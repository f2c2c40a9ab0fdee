"""Rules for functions and the operators over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.nullability.allowed import ALWAYS, BY_FIRST, SETS, VALUES
from sqlkit.describe.nullability.level import set_returning
from sqlkit.describe.nullability.proof import UNKNOWN, Proof, every, nth
from sqlkit.describe.nullability.rules import rule, values

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlkit.describe.function import Function
    from sqlkit.describe.nullability.scope import Scope
    from sqlkit.describe.nullability.steps import Steps
    from sqlkit.describe.tree import Node


@rule("FUNCEXPR", "OPEXPR")
def call(node: Node, scope: Scope) -> Steps[Proof]:
    """A function of its arguments; one that returns a set, alone in the select list."""
    if node.flag("funcretset") or node.flag("opretset"):
        proofs: list[Proof] = yield set_of(node, scope)
        alone = set_returning(scope.level) == 1
        return proofs[0].nulled(alone) if len(proofs) == 1 else UNKNOWN
    function = scope.level.world.function(node.number("funcid") or node.number("opfuncid"))
    nodes = node.nodes("args")
    arguments: list[Proof] = yield values(nodes, scope)
    return Proof(_has_value(function, arguments), _elements(function, nodes, arguments))


def _has_value(function: Function, arguments: Sequence[Proof]) -> bool:
    if function.name == "array_cat":
        return any(one.not_null for one in arguments)
    needed = BY_FIRST.get(function.signature, BY_FIRST.get(function.name))
    if needed is not None:
        return every(arguments[:needed]).not_null
    if is_among(function, ALWAYS):
        return True
    return is_among(function, VALUES) and every(arguments).not_null


def is_among(function: Function, names: Collection[str]) -> bool:
    """Whether a list of functions has this one, by its name or its signature."""
    return bool(function.signature) and (function.name in names or function.signature in names)


def _elements(function: Function, nodes: Sequence[Node], arguments: Sequence[Proof]) -> bool:
    """Whether the array that comes out has no NULL in it."""
    first, second, last = nth(arguments, 1), nth(arguments, 2), nth(arguments, len(arguments))
    match function.name:
        case "array_append":
            return first.elements and second.not_null
        case "array_prepend":
            return first.not_null and second.elements
        case "array_cat":
            return first.elements and second.elements
        case "array_remove":
            removes_null = nodes[1].tag == "CONST" and nodes[1].flag("constisnull")
            return first.elements or removes_null
        case "array_replace":
            return first.elements and last.not_null
        case "trim_array" | "array_reverse" | "array_sort":
            return first.elements
        case "array_fill":
            return first.not_null
        case "string_to_array":
            return len(arguments) == 2
        case "regexp_split_to_array" | "array_positions" | "tsvector_to_array" | "parse_ident":
            return bool(function.signature)
        case _:
            return False


@rule("SCALARARRAYOPEXPR")
def array_comparison(node: Node, scope: Scope) -> Steps[Proof]:
    """A value compared with each element."""
    function = scope.level.world.function(node.number("opfuncid"))
    proofs: list[Proof] = yield values(node.nodes("args"), scope)
    known = every(proofs).not_null and nth(proofs, 2).elements
    return Proof(known and is_among(function, VALUES))


@rule("DISTINCTEXPR")
def distinct(node: Node, scope: Scope) -> Steps[Proof]:
    """IS DISTINCT FROM asks equality only of what is not null."""
    return Proof(is_among(scope.level.world.function(node.number("opfuncid")), VALUES))
    yield


def set_of(node: Node, scope: Scope) -> Steps[list[Proof]]:
    """The columns of a function that returns a set, in each of its rows."""
    function = scope.level.world.function(node.number("funcid") or node.number("opfuncid"))
    if function.signature == "unnest(anyarray)":
        arguments: list[Proof] = yield values(node.nodes("args"), scope)
        return [Proof(nth(arguments, 1).elements)]
    marks = SETS.get(function.signature, SETS.get(function.name, ""))
    return [Proof(mark == "!") for mark in marks]
