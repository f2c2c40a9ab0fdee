"""The statements that put made rows into a table, and read them back as row classes."""

from __future__ import annotations

from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

import msgspec

from sqlkit.errors import SeedingError
from sqlkit.row import Row
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.seeding.filled import Field
    from sqlkit.seeding.table import Column, Table
    from sqlkit.statement import Kind

_NEXT: Query[list[int]] = Query(
    name="seeding.reserve_keys",
    kind="many",
    lines=(
        # The name is looked up once, and not for each number.
        Line("select nextval((select ", 0, "::text::regclass)) "),
        Line("from generate_series(1, ", 1, "::int)"),
    ),
    parameters=("sequence", "rows"),
)
_JSON = ("json", "jsonb")


def reserve(sequence: str, rows: int) -> Statement[list[int]]:
    """So many numbers of a sequence."""
    return Statement(_NEXT, (sequence, rows))


def listed(columns: Sequence[Column], prefix: str = "") -> str:
    """Names of columns for SQL."""
    return ", ".join(prefix + column.quoted for column in columns)


def insert(
    factory: str, table: Table, columns: Sequence[Column], read: Reading, rows: Sequence[Any]
) -> list[Statement[Any]]:
    """One statement for each row, that gives the row as it then is."""
    values: list[str | int] = []
    for number in range(len(columns)):
        values += [", " if number else "", number]
    # With no column at all: "default values".
    given = Line(f"({listed(columns)}) overriding system value values (", *values, ") ")
    lines = (
        Line(f"insert into {table.name} "),
        given if columns else Line("default values "),
        Line(f"returning {listed(read.columns)}"),
    )
    query = read.query(f"{factory}.create", "one", lines, columns)
    return [Statement(query, tuple(row)) for row in rows]


def copy(name: str, table: str, columns: str, rows: Any) -> Statement[int]:
    """All rows, by COPY. What is sent for an identity column stands (PostgreSQL manual, COPY)."""
    query: Query[int] = Query(
        name=name,
        kind="copy",
        lines=(Line(f"copy {table} ({columns}) from stdin"),),
        parameters=("rows",),
        copy_in=f"select {columns} from {table}",
    )
    return Statement(query, (rows,))


def select(
    name: str, table: Table, key: Sequence[Column], read: Reading, keys: Sequence[list[Any]]
) -> Statement[list[Any]]:
    """The rows with these keys (one list for each column of the key), in the keys' order."""
    names = ", ".join(f"k{number}" for number in range(len(key)))
    joined = " and ".join(f"t.{column.quoted} = k.k{n}" for n, column in enumerate(key))
    lines = (
        Line(f"select {listed(read.columns, 't.')} from unnest("),
        _arrays(key),
        Line(f") with ordinality as k({names}, place) "),
        Line(f"join {table.name} t on {joined} order by k.place"),
    )
    return Statement(read.query(name, "many", lines, key), tuple(keys))


def _arrays(columns: Sequence[Column | Field]) -> Line:
    """A parameter for each column: all its values, as an array of its type."""
    parts: list[str | int] = []
    for number, column in enumerate(columns):
        parts += [", " if number else "", number, f"::{column.type}[]"]
    return Line(*parts)


def existing(table: str, columns: Sequence[str], most: int | None = None) -> Statement[list[Any]]:
    """The values of some columns that a table has, as tuples; at most so many."""
    names = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    limit = f" limit {most}" if most else ""
    query: Query[list[Any]] = Query(
        name="seeding.existing",
        kind="many",
        lines=(Line(f"select {names} from {table} order by {names}{limit}"),),
        row=_values,
        named=True,
    )
    return Statement(query)


def _values(*values: Any) -> tuple[Any, ...]:
    return values


def rewrite(
    name: str,
    table: str,
    key: Sequence[Field],
    columns: Sequence[Field],
    values: Sequence[Sequence[Any]],
) -> Statement[None]:
    """Set columns of the rows with these keys: one list for each column, the key's first."""
    given = [*key, *columns]
    names = ", ".join(f"v{number}" for number in range(len(values)))
    sets = ", ".join(f"{c.quoted} = s.v{n}" for n, c in enumerate(columns, len(key)))
    same = " and ".join(f"t.{c.quoted} = s.v{n}" for n, c in enumerate(key))
    query: Query[None] = Query(
        name=name,
        kind="exec",
        lines=(
            Line(f"update {table} t set {sets} from unnest("),
            _arrays(given),
            Line(f") as s({names}) where {same}"),
        ),
        parameters=tuple(column.name for column in given),
    )
    return Statement(query, tuple(map(list, values)))


class Reading:
    """How rows of a table are read as a row class: which columns, and as which types.

    A field whose type is another row class is a composite; JSON is read as the field's type.
    Without a row class, rows are named tuples.
    """

    def __init__(self, row: type[Row] | None, columns: Sequence[Column]) -> None:
        self.row = row
        self.columns = columns
        types = _types(row) if row else {column.name: Any for column in columns}
        self.composites: dict[str, Any] = {}
        self.converts: dict[int, Any] = {}
        for place, column in enumerate(columns):
            part = _core(types[column.name])
            if column.composite is not None and isinstance(part, type) and issubclass(part, Row):
                self.composites[column.composite] = part
            elif column.base in _JSON and part is not Any:
                self.converts[place] = types[column.name]

    def query(
        self, name: str, kind: Kind, lines: tuple[Line, ...], parameters: Sequence[Column]
    ) -> Query[Any]:
        """A query that gives these columns, and takes values of those."""
        return Query(
            name=name,
            kind=kind,
            lines=lines,
            parameters=tuple(column.name for column in parameters),
            row=self.row,
            named=True,
            composites=self.composites,
            converts=self.converts,
        )


def _types(row: type[Row]) -> dict[str, Any]:
    """The types of a row's fields; raises `SeedingError` where they aren't there at run time."""
    try:
        return {field.name: field.type for field in msgspec.structs.fields(row)}
    except NameError as error:
        raise SeedingError(
            f"the types of {row.__name__} can't be told: {error.name} must be imported when the "
            "program runs, not only under TYPE_CHECKING"
        ) from error


def _core(type_: Any) -> Any:
    """The type inside ``T | None`` and ``list[T]``."""
    if get_origin(type_) in {Union, UnionType}:
        parts = [part for part in get_args(type_) if part is not type(None)]
        return _core(parts[0]) if len(parts) == 1 else type_
    if get_origin(type_) is list:
        return _core(get_args(type_)[0])
    return type_
