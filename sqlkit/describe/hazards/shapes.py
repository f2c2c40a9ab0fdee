"""Shapes in analysed queries that several rules ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.describe.tree import Node

BOOLEAN = 16  # pg_type.dat
IMPLICIT = 2  # CoercionForm in primnodes.h
_CASTS = frozenset({"RELABELTYPE", "COERCEVIAIO", "COERCETODOMAIN", "COLLATEEXPR"})


def uncast(expression: Node) -> Node:
    """The expression under its casts."""
    while True:
        if expression.tag in _CASTS:
            inner = expression.node("arg")
        elif expression.tag == "FUNCEXPR" and expression.number("funcformat") in (1, IMPLICIT):
            inner = next(iter(expression.nodes("args")), None)
        else:
            return expression
        if inner is None:
            return expression
        expression = inner


def is_null(expression: Node) -> bool:
    """Whether it is NULL, written out."""
    expression = uncast(expression)
    return expression.tag == "CONST" and expression.flag("constisnull")


def is_true(expression: Node | None) -> bool:
    """Whether it is TRUE, written out."""
    if expression is None or expression.tag != "CONST" or expression.flag("constisnull"):
        return False
    return expression.number("consttype") == BOOLEAN and "[ 1" in expression.datum


def conjuncts(condition: Node | None) -> list[Node]:
    """What AND joins."""
    pending = [condition] if condition else []
    found: list[Node] = []
    for one in pending:
        if one.tag == "BOOLEXPR" and one.text("boolop") == "and":
            pending += one.nodes("args")
        else:
            found.append(one)
    return found


def is_and(node: Node) -> bool:
    """Whether it is an AND."""
    return node.tag == "BOOLEXPR" and node.text("boolop") == "and"


def columns(*expressions: Node | None, levels: int = 0) -> Iterator[Node]:
    """The columns in expressions that belong to the query so many levels further out."""
    for node in walk(*expressions):
        if node.tag == "VAR" and node.number("varlevelsup") == levels:
            yield node
