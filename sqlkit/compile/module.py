"""The text of a generated module: row classes and functions of one ``.sql`` file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlkit.compile.conversion import conversion
from sqlkit.compile.function import Function
from sqlkit.compile.layout import head
from sqlkit.compile.names import ModuleNames, is_identifier
from sqlkit.compile.problem import problem
from sqlkit.compile.row import Field, RowClass, gives_rows
from sqlkit.describe.types import Name
from sqlkit.errors import CompileError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlkit.compile.settings import Settings
    from sqlkit.describe import Description
    from sqlkit.sqlfile import Query

_DEPRECATED = Name("sqlkit.deprecated", "deprecated")
_NAME_HINT = "a leading underscore makes it private, and __future__.annotations is imported already"


@dataclass(slots=True)
class Module:
    """A module in the making.

    ``described`` are its queries in the file's order, ``rows`` the package's row classes by query,
    ``types`` the names of the package's shared types, ``depth`` how many folders below the package
    it lies, and ``local`` the project's own top-level modules.
    """

    file: str
    doc: str
    described: Sequence[tuple[Query, Description]]
    rows: Mapping[Query, RowClass]
    types: Mapping[tuple[str, str], str]
    settings: Settings
    depth: int = 0
    local: Collection[str] = ()
    errors: list[CompileError] = field(default_factory=list[CompileError])

    def source(self) -> str:
        """The module's text without its header; what is wrong is in ``errors``."""
        classes = self._classes()
        names = ModuleNames(self._taken(classes), self.types, "." * (self.depth + 1), self.local)
        functions = [
            made
            for query, description in self.described
            if (made := self._function(query, description, names, classes)) is not None
        ]
        if self.errors:
            return ""
        null_elements = self.settings.null_elements
        texts = [made.source(names, null_elements=null_elements) for made in functions]
        # Names of its own, that type checkers let other modules import from here.
        shared = [
            f"{row.name} = {names.of_row(row.name)}" for row in classes.values() if row.shared
        ]
        own = [
            row.source(names, null_elements=null_elements)
            for row in classes.values()
            if not row.shared
        ]
        doc = self.doc or f"Queries of {self.file.rpartition('/')[2]}."
        start = "\n\n".join([head(doc, names.imports()), *filter(None, ["\n".join(shared)])])
        if own:
            return "\n\n\n".join([start, *own, *texts]) + "\n"
        return "\n\n".join([start, "\n\n\n".join(texts)]) + "\n"

    def _classes(self) -> dict[str, RowClass]:
        queries = (query for query, _ in self.described)
        return {row.name: row for query in queries if (row := self.rows.get(query))}

    def _taken(self, classes: Iterable[str]) -> set[str]:
        taken = {"annotations", "rows", *classes}
        for query, description in self.described:
            taken |= {query.name, *(column.name for column in description.columns)}
            taken |= {param.name for param in description.params}
            taken |= {condition.name for condition in query.conditions}
            taken |= {query.options.row or ""}
        return taken - {""}

    def _function(
        self,
        query: Query,
        description: Description,
        names: ModuleNames,
        classes: Collection[str],
    ) -> Function | None:
        try:
            _check_name(query, classes)
        except CompileError as error:
            self.errors.append(error)
            return None
        return self._made(query, description, names)

    def _made(self, query: Query, description: Description, names: ModuleNames) -> Function:
        row = self.rows.get(query)
        given = description.columns if gives_rows(query, description) else ()
        fields = [
            Field(column, conversion(query, column, self.settings.types))
            for column in (given[:1] if query.options.first_column else given)
        ]
        converts = {
            number: names.of(one.converted) for number, one in enumerate(fields) if one.converted
        }
        value = ""
        if row:
            value = row.name
        elif fields:
            value = fields[0].annotation(names, null_elements=self.settings.null_elements)
        deprecated = names.of(_DEPRECATED) if query.options.deprecated is not None else None
        return Function(query, description, row.name if row else None, value, converts, deprecated)


def _check_name(query: Query, classes: Collection[str]) -> None:
    if not is_identifier(query.name):
        raise problem(query, f"{query.name} can't be the name of a Python function")
    if query.name == "annotations" or query.name.startswith("_"):
        message = f"{query.name} can't be the name of a function of a generated module"
        raise problem(query, message, hint=_NAME_HINT)
    if query.name in classes:
        raise problem(query, f"{query.name} is the name of a query and of a row class")
