"""Functions in FROM (PostgreSQL manual, "Table Functions", "Set Returning Functions")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.codes import JSON_TABLE
from sqlkit.describe.nullability.functions import set_of
from sqlkit.describe.nullability.json import of_json_table
from sqlkit.describe.nullability.proof import NEVER_NULL, UNKNOWN, Proof
from sqlkit.describe.nullability.rules import value
from sqlkit.describe.typed import type_of

if TYPE_CHECKING:
    from sqlkit.describe.nullability.scope import Scope
    from sqlkit.describe.nullability.steps import Steps
    from sqlkit.describe.tree import Node


def of_functions(entry: Node, scope: Scope) -> Steps[list[Proof]]:
    """Columns of ROWS FROM: of several functions the shorter ones end in NULLs; the ordinality."""
    functions = entry.nodes("functions")
    found: list[Proof] = []
    for function in functions:
        call, width = function.node("funcexpr"), function.number("funccolcount")
        proofs: list[Proof] = (yield _of_call(call, width, scope)) if call else []
        proofs = (proofs + [UNKNOWN] * width)[:width]
        found += [one.nulled(len(functions) == 1) for one in proofs]
    return [*found, NEVER_NULL] if entry.flag("funcordinality") else found


def _of_call(call: Node, width: int, scope: Scope) -> Steps[list[Proof]]:
    world = scope.level.world
    composite = world.type(type_of(call)).composite
    if call.tag == "FUNCEXPR" and call.flag("funcretset"):
        proofs: list[Proof] = yield set_of(call, scope)
        return proofs if len(proofs) == width and (width > 1 or not composite) else []
    return [(yield value(call, scope))] if width == 1 and not composite else []


def of_table_function(entry: Node) -> list[Proof]:
    """Columns of XMLTABLE: the ordinality and those that say NOT NULL have a value; JSON_TABLE."""
    table = entry.node("tablefunc")
    if table is None:
        return []
    if table.number("functype") == JSON_TABLE:
        return of_json_table(table)
    not_null = {int(number) for number in table.items("notnulls") if isinstance(number, str)}
    sure = not_null | {int(table.text("ordinalitycol") or -1)}
    return [Proof(number in sure) for number in range(len(table.items("colnames")))]
