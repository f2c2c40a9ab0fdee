"""Numbers that lose what comes after the point."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlkit.describe.hazards.rule import Found, hazard
from sqlkit.describe.hazards.shapes import uncast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.describe.hazards.look import Look
    from sqlkit.describe.tree import Node

_DIVIDES = re.compile(r"int(?:2|4|8|24|28|42|48|82|84)div\(")
_MULTIPLIES = re.compile(r"int(?:2|4|8|24|28|42|48|82|84)mul\(")
_TO_FRACTION = re.compile(r"(?:numeric|float4|float8)\(int[248]\)")
_COUNT = re.compile(r"count\(")


@hazard(
    bad="select id, round(100 * (paid / total), 1) as percent from orders",
    good="select id, round(100.0 * paid / total, 1) as percent from orders",
    manual=("Mathematical Functions and Operators", "functions-math.html"),
)
def integer_division(look: Look) -> Iterator[Found]:
    """Integers are divided, and only then is there a use for what comes after the point.

    `paid / total` of two integers is an integer, cut off: 0 for whatever isn't paid in full. To
    round it, to cast it or to multiply it by 100 comes too late. Looked for where the quotient is
    made a fraction or multiplied, and where two counts are divided.
    """
    seen: set[int] = set()
    for _, node in look.nodes("FUNCEXPR", "OPEXPR"):
        for division in _divided(look, node):
            if id(division) not in seen:
                seen.add(id(division))
                yield Found(
                    "integers are divided as integers: what comes after the point is cut off",
                    "make one of them a fraction first: 100.0 * x / y, or x::numeric / y",
                    look.at(division),
                )


def _divided(look: Look, node: Node) -> Iterator[Node]:
    """Divisions of integers that this node makes too little of."""
    arguments = node.nodes("args")
    if node.tag == "FUNCEXPR":
        if _TO_FRACTION.fullmatch(look.function(node)) and _is_division(look, arguments[0]):
            yield arguments[0]
    elif _MULTIPLIES.match(look.function(node)):
        for one in arguments:
            if _is_division(look, one) and uncast(one.nodes("args")[1]).tag != "CONST":
                yield one
    elif _is_division(look, node) and all(_is_count(look, uncast(one)) for one in arguments):
        yield node


def _is_division(look: Look, node: Node) -> bool:
    return node.tag == "OPEXPR" and _DIVIDES.match(look.function(node)) is not None


def _is_count(look: Look, node: Node) -> bool:
    if node.tag == "NULLIFEXPR":
        return _is_count(look, node.nodes("args")[0])
    name = look.world.function(node.number("aggfnoid")).signature
    return node.tag == "AGGREF" and _COUNT.match(name) is not None
