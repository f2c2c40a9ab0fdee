"""CHECK constraints that keep NULLs out of an array: ``array_position(tags, null) is null``.

Source: PostgreSQL manual, "Array Functions". The function refuses arrays of several dimensions, so
a row that is stored has no NULL at any depth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.codes import IS_NULL
from sqlkit.describe.tree import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.describe.tree import Value

_ARRAY_POSITION = 3277  # array_position(anycompatiblearray, anycompatible), in pg_proc.dat


def full_arrays(check: Value) -> Iterator[int]:
    """Numbers of the columns that a constraint keeps NULLs out of; 0: of a domain's value."""
    pending = [check] if isinstance(check, Node) else []
    for condition in pending:
        if condition.tag == "BOOLEXPR" and condition.text("boolop") == "and":
            pending += condition.nodes("args")
        elif condition.tag == "NULLTEST" and condition.number("nulltesttype") == IS_NULL:
            call = condition.node("arg")
            if call and call.number("funcid") == _ARRAY_POSITION and len(call.nodes("args")) == 2:
                yield from _searched(*call.nodes("args"))


def _searched(array: Node, sought: Node) -> Iterator[int]:
    while array.tag in ("RELABELTYPE", "COERCETODOMAIN") and (inner := array.node("arg")):
        array = inner
    while sought.tag in ("RELABELTYPE", "COERCETODOMAIN") and (inner := sought.node("arg")):
        sought = inner
    if sought.tag == "CONST" and sought.flag("constisnull"):
        if array.tag == "VAR" and array.number("varattno") > 0:
            yield array.number("varattno")
        elif array.tag == "COERCETODOMAINVALUE":
            yield 0
