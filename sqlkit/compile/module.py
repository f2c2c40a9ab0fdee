"""The text of a generated module: row classes and functions of one ``.sql`` file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlkit.compile.function import Function
from sqlkit.compile.layout import docstring
from sqlkit.compile.names import ModuleNames, is_identifier
from sqlkit.compile.problem import problem
from sqlkit.compile.row import RowClass, agree, check_fields, row_name
from sqlkit.describe.annotation import annotation
from sqlkit.describe.types import Name
from sqlkit.errors import CompileError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlkit.compile.settings import Settings
    from sqlkit.describe import Column, Description
    from sqlkit.sqlfile import Query

_ROW = Name("sqlkit.row", "Row")
_DEPRECATED = Name("sqlkit.deprecated", "deprecated")
_NAME_HINT = "a leading underscore makes it private, and __future__.annotations is imported already"


@dataclass(slots=True)
class Module:
    """A module in the making.

    ``described`` are its queries in the file's order, ``types`` the names of the package's shared
    types, ``depth`` how many folders below the package it lies, and ``local`` the project's own
    top-level modules.
    """

    file: str
    doc: str
    described: Sequence[tuple[Query, Description]]
    types: Mapping[tuple[str, str], str]
    settings: Settings
    depth: int = 0
    local: Collection[str] = ()
    errors: list[CompileError] = field(default_factory=list[CompileError])
    _rows: dict[str, RowClass] = field(default_factory=dict[str, RowClass])

    def source(self) -> str:
        """The module's text without its header; what is wrong is in ``errors``."""
        names = ModuleNames(self._taken(), self.types, "." * (self.depth + 1), self.local)
        classes = {_row_name(query, description) for query, description in self.described}
        functions = [
            made
            for query, description in self.described
            if (made := self._function(query, description, names, classes)) is not None
        ]
        if self.errors:
            return ""
        null_elements = self.settings.null_elements
        texts = [made.source(names, null_elements=null_elements) for made in functions]
        rows = [row.source(names.of(_ROW)).rstrip("\n") for row in self._rows.values()]
        doc = docstring(self.doc or f"Queries of {self.file.rpartition('/')[2]}.")
        head = [doc.rstrip("\n"), "from __future__ import annotations", names.imports()]
        if rows:
            return (
                "\n\n".join(filter(None, head)) + "\n\n\n" + "\n\n\n".join([*rows, *texts]) + "\n"
            )
        return "\n\n".join([*filter(None, head), "\n\n\n".join(texts)]) + "\n"

    def _taken(self) -> set[str]:
        taken = {"annotations", "rows"}
        for query, description in self.described:
            taken |= {query.name, *(column.name for column in description.columns)}
            taken |= {param.name for param in description.params}
            taken |= {condition.name for condition in query.conditions}
            taken |= {query.options.row or "", _row_name(query, description) or ""}
        return taken - {""}

    def _function(
        self,
        query: Query,
        description: Description,
        names: ModuleNames,
        classes: Collection[str | None],
    ) -> Function | None:
        try:
            _check_name(query, classes)
            return self._made(query, description, names)
        except CompileError as error:
            self.errors.append(error)
            return None

    def _made(self, query: Query, description: Description, names: ModuleNames) -> Function:
        row = row_name(query, description)
        converts: dict[int, str] = {}
        annotations: list[str] = []
        for number, column in enumerate(description.columns):
            wanted = self._wanted(query, column)
            if wanted and not query.copy:
                converts[number] = names.of(wanted)
            annotations.append(self._annotation(column, wanted, names))
        if row:
            check_fields(query, description.columns)
            pairs = zip((column.name for column in description.columns), annotations, strict=True)
            self._share(query, row, list(pairs))
        if query.options.first_column:
            converts = {number: name for number, name in converts.items() if number == 0}
        value = "" if query.copy else row or (annotations[0] if annotations else "")
        deprecated = names.of(_DEPRECATED) if query.options.deprecated is not None else None
        return Function(query, description, row, value, converts, deprecated)

    def _annotation(self, column: Column, wanted: Name | None, names: ModuleNames) -> str:
        if wanted:
            return names.of(wanted) + (" | None" if column.nullable else "")
        return annotation(
            column.type,
            names,
            result=True,
            nullable=column.nullable,
            null_elements=column.null_elements and self.settings.null_elements,
        )

    def _wanted(self, query: Query, column: Column) -> Name | None:
        """The Python type that ``@type`` or the project's settings ask for."""
        types, table = self.settings.types, column.table or ""
        keys = (
            f"{table}.{column.origin}",
            f"{table.rpartition('.')[2]}.{column.origin}",
            column.type.sql,
        )
        said = query.options.types.get(column.name)
        dotted = said or next((types[key] for key in keys if key in types), None)
        if dotted is None:
            return None
        module, _, name = dotted.rpartition(".")
        return Name(module or "builtins", name)

    def _share(self, query: Query, name: str, fields: list[tuple[str, str]]) -> None:
        known = self._rows.get(name)
        if known is None:
            known = self._rows[name] = RowClass(name, fields)
        else:
            agree(query, known, fields)
        known.queries.append(query.name)


def _check_name(query: Query, classes: Collection[str | None]) -> None:
    if not is_identifier(query.name):
        raise problem(query, f"{query.name} can't be the name of a Python function")
    if query.name == "annotations" or query.name.startswith("_"):
        message = f"{query.name} can't be the name of a function of a generated module"
        raise problem(query, message, hint=_NAME_HINT)
    if query.name in classes:
        raise problem(query, f"{query.name} is the name of a query and of a row class")


def _row_name(query: Query, description: Description) -> str | None:
    try:
        return row_name(query, description)
    except CompileError:
        return None
