"""Row classes: which queries share one, its fields, and whether they agree on them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlkit.compile.layout import INDENT, WIDTH, docstring
from sqlkit.compile.names import identifier, is_identifier
from sqlkit.compile.problem import problem
from sqlkit.describe.annotation import camel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.describe import Column, Description
    from sqlkit.sqlfile import Query

_WITH_ROWS = ("one", "maybe", "many", "copy")


@dataclass(slots=True)
class RowClass:
    """A row class to be: its name, its fields' names and annotations, the queries that give it."""

    name: str
    fields: Sequence[tuple[str, str]]
    queries: list[str] = field(default_factory=list[str])

    def source(self, base: str) -> str:
        """The class's text."""
        doc = _wrapped(f"Row of {', '.join(self.queries)}.")
        fields = "".join(f"{INDENT}{name}: {type_}\n" for name, type_ in self.fields)
        return f"class {self.name}({base}):\n{docstring(doc, 1)}\n{fields}"


def row_name(query: Query, description: Description) -> str | None:
    """The name of a query's row class; None if it gives a single value, or nothing.

    ``@row`` says it; else ``get_user`` gives ``GetUserRow``. Raises `CompileError` for a ``@row``
    on a query that gives no rows.
    """
    gives_rows = description.kind in _WITH_ROWS and not query.copy
    if query.options.row:
        if not gives_rows or query.options.first_column:
            message = f"{query.name} gives no rows, so it can't have @row {query.options.row}"
            raise problem(query, message, option=("row",))
        return query.options.row
    several = len(description.columns) > 1 and not query.options.first_column
    return f"{camel(query.name)}Row" if gives_rows and several else None


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


def agree(query: Query, known: RowClass, fields: Sequence[tuple[str, str]]) -> None:
    """Raise `CompileError` if a query's row is another than the class of that name has."""
    if difference := _difference(known, query.name, fields):
        option = ("row",) if query.options.row else ()
        message = f"@row {known.name}: {difference}"
        hint = "make both give the same columns in the same order, or name another row"
        raise problem(query, message, option=option, hint=hint)


def _difference(known: RowClass, name: str, fields: Sequence[tuple[str, str]]) -> str | None:
    first, ours, theirs = known.queries[0], dict(fields), dict(known.fields)
    for field_, type_ in known.fields:
        if field_ not in ours:
            return f"{first} gives {field_}: {_bare(type_)}, {name} does not"
        if ours[field_] != type_:
            return f"{first} gives {field_}: {_bare(type_)}, {name} {field_}: {_bare(ours[field_])}"
    for field_, type_ in fields:
        if field_ not in theirs:
            return f"{name} gives {field_}: {_bare(type_)}, {first} does not"
    if list(ours) != list(theirs):
        return f"{first} gives {', '.join(theirs)}, {name} in the order {', '.join(ours)}"
    return None


def _bare(annotation: str) -> str:
    """The annotation with the names that a person knows, not the module's aliases."""
    return re.sub(r"\b_+(?=\w)", "", annotation)


def _wrapped(text: str) -> str:
    lines, line = list[str](), ""
    for word in text.split(" "):
        if line and len(INDENT + '"""' + line + " " + word) > WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*lines, line])
