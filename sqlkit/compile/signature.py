"""A query's function from the outside: its arguments and what running it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlkit.compile.layout import Group, annotated, quoted, render
from sqlkit.describe.annotation import annotation
from sqlkit.describe.types import Name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.compile.layout import Part
    from sqlkit.compile.names import ModuleNames
    from sqlkit.describe import Description
    from sqlkit.sqlfile import Condition, Query

_LITERAL = Name("typing", "Literal")
_ITERABLE = Name("collections.abc", "Iterable")
_TUPLE = Name("builtins", "tuple")


@dataclass(frozen=True, slots=True)
class Argument:
    """A keyword-only argument; one with a default may be left out."""

    name: str
    annotation: str
    default: str | None = None

    @property
    def part(self) -> Part:
        """The argument as it stands in the signature."""
        default = f" = {self.default}" if self.default is not None else ""
        return annotated(self.name, self.annotation, default)


def arguments(
    query: Query, description: Description, names: ModuleNames, *, null_elements: bool
) -> list[Argument]:
    """The arguments of a query's function, those that must be given first."""
    types = {
        param.name: annotation(
            param.type, names, result=False, nullable=param.nullable, null_elements=null_elements
        )
        for param in description.params
    }
    conditions = {condition.name: condition for condition in query.conditions}
    found = [
        _argument(name, types.get(name, ""), conditions.get(name), names)
        for name in dict.fromkeys([*types, *conditions])
    ]
    return sorted(found, key=lambda argument: argument.default is not None)


def _argument(name: str, type_: str, condition: Condition | None, names: ModuleNames) -> Argument:
    if condition is None:
        return Argument(name, type_)
    if condition.words:
        words = ", ".join(map(quoted, condition.words))
        default = quoted(condition.default) if condition.default is not None else None
        return Argument(name, f"{names.of(_LITERAL)}[{words}]", default)
    if condition.given:
        return Argument(name, type_, "None")
    return Argument(name, names.of(Name("builtins", "bool")), "False")


def rows_argument(description: Description, names: ModuleNames, *, null_elements: bool) -> Argument:
    """What a copy into a table takes: rows, as tuples in the order of its columns."""
    values = [
        annotation(
            column.type, names, result=False, nullable=column.nullable, null_elements=null_elements
        )
        for column in description.columns
    ]
    row = f"{names.of(_TUPLE)}[{', '.join(values)}]"
    return Argument("rows", f"{names.of(_ITERABLE)}[{row}]")


def gives(description: Description, row: str, names: ModuleNames) -> str:
    """The annotation of what running the query gives; ``row`` is that of one row."""
    match description.kind:
        case "one":
            return row
        case "maybe":
            return row if row == "None" or row.endswith(" | None") else f"{row} | None"
        case "many" | "copy" if row:
            return f"{names.of(Name('builtins', 'list'))}[{row}]"
        case "affected" | "copy":
            return names.of(Name("builtins", "int"))
        case _:
            return "None"


def definition(
    name: str, arguments: Sequence[Argument], keywords: bool, statement: str, body: str
) -> str:
    """The function's text; ``keywords``: its arguments must be given by name."""
    parts = [argument.part for argument in arguments]
    if parts and keywords:
        parts.insert(0, "*")
    return render(Group(f"def {name}(", tuple(parts), f") -> {statement}:")) + f"\n{body}"
