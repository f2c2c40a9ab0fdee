"""One query as Python text: the constant that holds it, and the function that calls it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlkit.compile.layout import Group, docstring, quoted, render, tuple_
from sqlkit.compile.signature import Argument, arguments, definition, gives, rows_argument
from sqlkit.describe.types import Composite, Name, parts
from sqlkit.sqlfile import Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlkit.compile.layout import Part
    from sqlkit.compile.names import ModuleNames
    from sqlkit.describe import Description
    from sqlkit.sqlfile import Line, Options, Query

QUERY = Name("sqlkit.statement", "Query")
STATEMENT = Name("sqlkit.statement", "Statement")
_LINE = Name("sqlkit.statement", "Line")
_CONDITION = Name("sqlkit.statement", "Condition")
_EFFECTS = Name("sqlkit.statement", "Effects")
_FIRST_COLUMN = Name("sqlkit.row", "first_column")


@dataclass(frozen=True, slots=True)
class Function:
    """A query that becomes a function.

    ``row``: the row class, if it has one; ``value``: the annotation of one row; ``converts``: the
    names of Python types by column number; ``deprecated``: the decorator's name.
    """

    query: Query
    description: Description
    row: str | None
    value: str
    converts: Mapping[int, str]
    deprecated: str | None = None

    def source(self, names: ModuleNames, *, null_elements: bool) -> str:
        """The text of the constant and the function."""
        query, description = self.query, self.description
        if query.copy:
            taken = [rows_argument(description, names, null_elements=null_elements)]
        else:
            taken = arguments(query, description, names, null_elements=null_elements)
        given = gives(description, self.value, names)
        constant = names.reserve(f"_{query.name.upper()}")
        head = f"{constant}: {names.of(QUERY)}[{given}] = {names.of(QUERY)}("
        held = Group(head, tuple(self._fields(taken, names)), broken=True)
        return f"{render(held)}\n\n\n{self._function(taken, given, constant, names)}"

    def _function(
        self, taken: Sequence[Argument], given: str, constant: str, names: ModuleNames
    ) -> str:
        statement = names.of(STATEMENT)
        values = [tuple_(*(argument.name for argument in taken))] if taken else []
        call = render(Group(f"return {statement}(", (constant, *values)), 1)
        body = docstring(self._doc(), 1) + call
        keywords = not self.query.copy
        text = definition(self.query.name, taken, keywords, f"{statement}[{given}]", body)
        reason = self.query.options.deprecated
        if reason is None:
            return text
        return (
            render(Group(f"@{self.deprecated}(", (quoted(reason or "deprecated"),))) + "\n" + text
        )

    def _doc(self) -> str:
        options = self.query.options
        said = [f"{name}: {one.doc}" for name, one in options.params.items() if one.doc]
        columns = [f"{name}: {one.doc}" for name, one in options.columns.items() if one.doc]
        return "\n\n".join(filter(None, [self.query.doc, "\n".join(said + columns)]))

    def _fields(self, taken: Sequence[Argument], names: ModuleNames) -> Iterable[Part]:
        query, options, places = self.query, self.query.options, _places(taken)
        copied = self.description.kind == "copy"
        lines = query.statement_lines if copied else query.lines
        conditions = {one.name: number for number, one in enumerate(query.conditions)}
        yield f"name={quoted(query.full_name)}"
        yield f"kind={quoted(self.description.kind)}"
        written = [_line(one, places, conditions, names) for one in lines]
        yield Group("lines=(", tuple(written), tuple_=True)
        if taken:
            yield Group("parameters=(", tuple(quoted(one.name) for one in taken), tuple_=True)
        if query.conditions:
            yield Group("conditions=(", tuple(self._conditions(places, names)), tuple_=True)
        if self.row or options.first_column:
            yield f"row={self.row or names.of(_FIRST_COLUMN)}"
        if query.copy:
            yield f"copy_in={quoted(query.copy.select)}"
        yield f"source={quoted(f'{query.file}:{query.line}')}"
        yield from _policy(options)
        if self.description.analysed:
            yield Group(f"effects={names.of(_EFFECTS)}(", tuple(_effects(self.description)))
        if composites := _composites(self.description):
            pairs = [f"{quoted(key)}: {names.of_type(one)}" for key, one in composites.items()]
            yield Group("composites={", tuple(pairs), "}")
        if self.converts:
            pairs = [f"{number}: {name}" for number, name in self.converts.items()]
            yield Group("converts={", tuple(pairs), "}")

    def _conditions(self, places: Mapping[str, int], names: ModuleNames) -> Iterable[Part]:
        for condition in self.query.conditions:
            fields: list[Part] = [str(places[condition.name])]
            if condition.given:
                fields.append("given=True")
            if condition.words:
                words = tuple(map(quoted, condition.words))
                fields.append(Group("words=(", words, tuple_=True))
            yield Group(f"{names.of(_CONDITION)}(", tuple(fields))


def _places(taken: Sequence[Argument]) -> dict[str, int]:
    return {argument.name: number for number, argument in enumerate(taken)}


def _line(
    line: Line, places: Mapping[str, int], conditions: Mapping[str, int], names: ModuleNames
) -> Group:
    pieces: list[Part] = []
    for piece in line.pieces:
        if isinstance(piece, Parameter):
            pieces.append(str(places[piece.name]))
        else:
            pieces += map(quoted, piece.text.splitlines(keepends=True))
    physical = sum(isinstance(piece, str) and piece.endswith('\\n"') for piece in pieces)
    if line.when is not None:
        name, state = line.when
        pieces.append(f"when=({conditions[name]}, {_state(state)})")
    return Group(f"{names.of(_LINE)}(", tuple(pieces), broken=physical > 1)


def _state(state: bool | str) -> str:
    return quoted(state) if isinstance(state, str) else str(state)


def _policy(options: Options) -> Iterable[Part]:
    """What the header says of how the query is run."""
    if options.timeout is not None:
        yield f"timeout={options.timeout!r}"
    if not options.retry:
        yield "retry=False"
    if options.idempotent:
        yield "idempotent=True"


def _effects(description: Description) -> Iterable[Part]:
    """What differs from the defaults of `sqlkit.statement.Effects`."""
    for name, tables in (("reads", description.reads), ("writes", description.writes)):
        if tables:
            yield Group(f"{name}=(", tuple(map(quoted, tables)), tuple_=True)
    if description.volatility != "volatile":
        yield f"volatility={quoted(description.volatility)}"
    if description.locks:
        yield "locks=True"


def _composites(description: Description) -> dict[str, Composite]:
    """Every composite type that the query's columns and parameters consist of, by its full name."""
    found = [
        part for type_ in description.types for part in parts(type_) if isinstance(part, Composite)
    ]
    return {f"{one.schema}.{one.name}": one for one in found}
