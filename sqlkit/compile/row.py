"""Row classes: their names, their fields and their text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlkit.compile.layout import INDENT, WIDTH, docstring
from sqlkit.compile.names import identifier, is_identifier
from sqlkit.compile.problem import problem
from sqlkit.describe.annotation import annotation, camel
from sqlkit.describe.types import Name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.compile.names import ModuleNames
    from sqlkit.describe import Column, Description
    from sqlkit.describe.annotation import Names
    from sqlkit.sqlfile import Query

_WITH_ROWS = ("one", "maybe", "many", "copy")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a row class: a column, and the Python type it is converted to, if it is."""

    column: Column
    converted: Name | None = None

    @property
    def name(self) -> str:
        """Its name, which is the column's."""
        return self.column.name

    def annotation(self, names: Names, *, null_elements: bool) -> str:
        """Its annotation; without ``null_elements`` those of arrays are taken to be not null."""
        column = self.column
        if self.converted:
            return names.of(self.converted) + (" | None" if column.nullable else "")
        return annotation(
            column.type,
            names,
            result=True,
            nullable=column.nullable,
            null_elements=column.null_elements and null_elements,
        )


@dataclass(frozen=True, slots=True)
class RowClass:
    """A row class to be: its name, its fields, and the queries that give it.

    ``shared``: the queries stand in several files, and the class in a module that they all import.
    """

    name: str
    fields: Sequence[Field]
    queries: Sequence[Query]
    shared: bool = False

    def source(self, names: ModuleNames, *, null_elements: bool) -> str:
        """The class's text."""
        base = names.of(Name("sqlkit.row", "Row"))
        queries = (one.full_name if self.shared else one.name for one in self.queries)
        doc = docstring(_wrapped(f"Row of {', '.join(queries)}."), 1)
        fields = [
            f"{INDENT}{one.name}: {one.annotation(names, null_elements=null_elements)}"
            for one in self.fields
        ]
        return "\n".join([f"class {self.name}({base}):", doc, *fields])


def gives_rows(query: Query, description: Description) -> bool:
    """Whether running the query gives values of its columns."""
    return description.kind in _WITH_ROWS and not query.copy


def row_name(query: Query, description: Description) -> str | None:
    """The name of a query's row class; None if it gives a single value, or nothing.

    ``@row`` says it; else ``get_user`` gives ``GetUserRow``. Raises `CompileError` for a ``@row``
    on a query that gives no rows.
    """
    if query.options.row:
        if not gives_rows(query, description) or query.options.first_column:
            message = f"{query.name} gives no rows, so it can't have @row {query.options.row}"
            raise problem(query, message, option=("row",))
        return query.options.row
    several = len(description.columns) > 1 and not query.options.first_column
    return f"{camel(query.name)}Row" if several and gives_rows(query, description) else None


def check_fields(query: Query, columns: Sequence[Column]) -> None:
    """Raise `CompileError` for columns that can't be fields, with an alias that could."""
    counts = Counter(column.name for column in columns)
    for number, column in enumerate(columns, 1):
        name = column.name
        if name == "?column?":
            message = f"column {number} of {query.name} has no name"
            raise problem(query, message, hint=f'name it: "… as {_new_name(column, counts)}"')
        if counts[name] > 1:
            message = f'{query.name} gives {counts[name]} columns named "{name}"'
            hint = f'name all but one differently: "… as {_new_name(column, counts)}"'
            raise problem(query, message, hint=hint)
        if not is_identifier(name) or name.startswith("__"):
            message = f'column "{name}" of {query.name} can\'t be the name of a Python field'
            raise problem(query, message, hint=f'name it: "… as {_new_name(column, counts)}"')


def _new_name(column: Column, counts: Counter[str]) -> str:
    if column.name == "?column?":
        return "value"
    if counts[column.name] > 1:
        table = (column.table or "other").rpartition(".")[2]
        return identifier(f"{table}_{column.name}")
    return identifier(column.name)


def _wrapped(text: str) -> str:
    lines, line = list[str](), ""
    for word in text.split(" "):
        if line and len(INDENT + '"""' + line + " " + word) > WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*lines, line])
