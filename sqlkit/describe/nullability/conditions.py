"""What a condition proves of the rows that it lets through.

An expression that is true, false or just not null needs values of some columns for that: a strict
function gives NULL for any NULL (PostgreSQL manual, CREATE FUNCTION). Only strictness counts here,
not whether a function gives NULL for other reasons too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlkit.describe.codes import (
    ANY,
    FIRST_OF_USERS,
    IS_FALSE,
    IS_NOT_FALSE,
    IS_NOT_NULL,
    IS_NOT_TRUE,
    IS_NOT_UNKNOWN,
    IS_NULL,
    IS_TRUE,
    IS_UNKNOWN,
    JOIN,
)
from sqlkit.describe.nullability.key import key
from sqlkit.describe.nullability.steps import ask
from sqlkit.describe.tree import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlkit.describe.nullability.steps import Steps
    from sqlkit.describe.nullability.world import World

ROW = 0  # in place of a column's number: the row as a whole is there


@dataclass(frozen=True, slots=True)
class Facts:
    """What is never NULL: columns, by range table entry and number, and expressions, by their key.

    ``(2, ROW)``: no outer join nulls the rows of entry 2. ``whole``: entries all of whose columns
    are not null.
    """

    columns: frozenset[tuple[int, int]] = frozenset()
    keys: frozenset[str] = frozenset()
    whole: frozenset[int] = frozenset()

    def __or__(self, other: Facts) -> Facts:
        """What both prove together."""
        return Facts(self.columns | other.columns, self.keys | other.keys, self.whole | other.whole)

    def __and__(self, other: Facts) -> Facts:
        """What either proves."""
        return Facts(self.columns & other.columns, self.keys & other.keys, self.whole & other.whole)

    def has_row(self, entries: Iterable[int]) -> bool:
        """Whether the rows of one of these entries are there."""
        return any((entry, ROW) in self.columns for entry in entries)

    def has_column(self, entry: int, number: int) -> bool:
        """Whether this column is never NULL."""
        return (entry, number) in self.columns or (number > ROW and entry in self.whole)


NOTHING = Facts()

# What unwraps to its argument as far as NULL is concerned.
_WRAPPERS = frozenset(
    {
        *("RELABELTYPE", "COERCEVIAIO", "ARRAYCOERCEEXPR", "CONVERTROWTYPEEXPR", "COLLATEEXPR"),
        *("COERCETODOMAIN", "FIELDSELECT"),
    }
)


class Conditions:
    """The conditions of one query level."""

    def __init__(self, rtable: Sequence[Node], world: World) -> None:
        self._rtable = rtable
        self._world = world

    def true(self, condition: Node) -> Steps[Facts]:
        """What is not null where the condition is true."""
        tag, args = condition.tag, condition.nodes("args")
        if tag == "BOOLEXPR":
            operator = condition.text("boolop")
            if operator == "and":
                return (yield from ask(self._all(self.true, args)))
            if operator == "or":
                return (yield from ask(self._any(self.true, args)))
            return (yield from ask(self.false(args[0])))
        if tag == "NULLTEST" and condition.number("nulltesttype") == IS_NOT_NULL:
            return (yield from ask(self._is_not_null(condition)))
        if tag == "BOOLEANTEST" and (argument := condition.node("arg")):
            kind = condition.number("booltesttype")
            rules = {IS_TRUE: self.true, IS_FALSE: self.false, IS_NOT_UNKNOWN: self.known}
            return (yield from ask(rules[kind](argument))) if kind in rules else NOTHING
        if tag == "SCALARARRAYOPEXPR":
            return (yield from ask(self._array(condition, is_true=True)))
        if tag == "SUBLINK":
            test = condition.node("testexpr")
            is_any = condition.number("subLinkType") == ANY
            return (yield from ask(self.true(test))) if test and is_any else NOTHING
        return (yield from ask(self.known(condition)))

    def false(self, condition: Node) -> Steps[Facts]:
        """What is not null where the condition is false."""
        tag, args = condition.tag, condition.nodes("args")
        if tag == "BOOLEXPR":
            operator = condition.text("boolop")
            if operator == "and":
                return (yield from ask(self._any(self.false, args)))
            if operator == "or":
                return (yield from ask(self._all(self.false, args)))
            return (yield from ask(self.true(args[0])))
        if tag == "NULLTEST" and condition.number("nulltesttype") == IS_NULL:
            return (
                (yield self._is_not_null(condition)) if not condition.flag("argisrow") else NOTHING
            )
        if tag == "BOOLEANTEST" and (argument := condition.node("arg")):
            kind = condition.number("booltesttype")
            rules = {IS_NOT_TRUE: self.true, IS_NOT_FALSE: self.false, IS_UNKNOWN: self.known}
            return (yield from ask(rules[kind](argument))) if kind in rules else NOTHING
        if tag == "DISTINCTEXPR":
            return (yield from ask(self._same(args)))
        return (yield from ask(self.known(condition)))

    def not_true(self, condition: Node) -> Steps[Facts]:
        """What is not null where the condition is false or NULL."""
        if condition.tag == "BOOLEXPR" and condition.text("boolop") == "or":
            return (yield from ask(self._all(self.not_true, condition.nodes("args"))))
        if condition.tag in ("NULLTEST", "BOOLEANTEST", "DISTINCTEXPR"):
            return (yield from ask(self.false(condition)))
        return NOTHING

    def known(self, expression: Node) -> Steps[Facts]:
        """What is not null where the expression is not."""
        found = NOTHING
        while expression.tag in _WRAPPERS and (inner := expression.node("arg")):
            found |= self._itself(expression)
            expression = inner
        tag, args = expression.tag, expression.nodes("args")
        if tag == "VAR":
            return found | (yield from ask(self._column(expression)))
        found |= self._itself(expression)
        if tag in ("OPEXPR", "FUNCEXPR"):
            function = self._world.function(
                expression.number("funcid") or expression.number("opfuncid")
            )
            return (
                found | (yield from ask(self._all(self.known, args))) if function.strict else found
            )
        if tag == "BOOLEXPR" and expression.text("boolop") == "not":
            return found | (yield from ask(self.known(args[0])))
        if tag == "NULLIFEXPR":
            return found | (yield from ask(self.known(args[0])))
        if tag in ("COALESCE", "COALESCEEXPR", "MINMAX", "MINMAXEXPR"):
            return found | (yield from ask(self._any(self.known, args)))
        if tag == "SCALARARRAYOPEXPR":
            return found | (yield from ask(self._array(expression, is_true=False)))
        if tag == "SUBSCRIPTINGREF" and expression.number("refcontainertype") < FIRST_OF_USERS:
            container = expression.node("refexpr")
            is_read = expression.node("refassgnexpr") is None
            return (
                found | (yield from ask(self.known(container))) if container and is_read else found
            )
        return found

    def _itself(self, expression: Node) -> Facts:
        name = key(expression, self._rtable, self._world)
        return Facts(keys=frozenset([name] if name else []))

    def _column(self, var: Node) -> Steps[Facts]:
        if var.number("varlevelsup"):
            return self._itself(var)
        place, number = var.number("varno"), var.number("varattno")
        found = Facts(frozenset({(place, number), (place, ROW)}))
        entry = self._rtable[place - 1] if 0 < place <= len(self._rtable) else None
        if entry is not None and entry.number("rtekind") == JOIN and number > ROW:
            source = entry.items("joinaliasvars")[number - 1 : number]
            if source and isinstance(source[0], Node):
                found |= yield self.known(source[0])
        return found

    def _is_not_null(self, test: Node) -> Steps[Facts]:
        """The argument is not null; of a row: no field of it is."""
        argument = test.node("arg")
        if argument is None:
            return NOTHING
        if not test.flag("argisrow"):
            return (yield from ask(self.known(argument)))
        if argument.tag in ("ROW", "ROWEXPR"):
            return (yield from ask(self._all(self.known, argument.nodes("args"))))
        if argument.tag == "VAR" and not argument.number("varlevelsup"):
            place, number = argument.number("varno"), argument.number("varattno")
            whole = frozenset({place} if number == ROW else set[int]())
            return Facts(frozenset({(place, number), (place, ROW)}), whole=whole)
        return NOTHING

    def _array(self, expression: Node, *, is_true: bool) -> Steps[Facts]:
        """``x = any (array)``: over an empty one the answer needs no ``x``."""
        left, array = expression.nodes("args")[:2]
        if not self._world.function(expression.number("opfuncid")).strict:
            return NOTHING
        found = self._itself(expression) | (yield from ask(self.known(array)))
        written_out = array.tag in ("ARRAY", "ARRAYEXPR") and bool(array.nodes("elements"))
        if (is_true and expression.flag("useOr")) or (written_out and not array.flag("multidims")):
            found |= yield self.known(left)
        return found

    def _same(self, sides: Sequence[Node]) -> Steps[Facts]:
        """``a is not distinct from b``, where one is a constant."""
        one, other = sides
        for constant, expression in ((one, other), (other, one)):
            if constant.tag == "CONST" and not constant.flag("constisnull"):
                return (yield from ask(self.known(expression)))
        return NOTHING

    def _all(self, rule: Callable[[Node], Steps[Facts]], nodes: Iterable[Node]) -> Steps[Facts]:
        found = NOTHING
        for node in nodes:
            found |= yield rule(node)
        return found

    def _any(self, rule: Callable[[Node], Steps[Facts]], nodes: Sequence[Node]) -> Steps[Facts]:
        found: Facts | None = None
        for node in nodes:
            proved: Facts = yield rule(node)
            found = proved if found is None else found & proved
        return found or NOTHING
