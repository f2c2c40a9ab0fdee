"""What PostgreSQL says of a query: pure data, for `sqlkit.compile`, the command line and people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from sqlkit.describe.annotation import plain

if TYPE_CHECKING:
    from sqlkit.describe.hazards import Hazard
    from sqlkit.describe.types import Type
    from sqlkit.sqlfile import Kind

Volatility: TypeAlias = Literal["immutable", "stable", "volatile"]


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter. ``nullable``: a call may give None. ``sql_type`` is ``format_type``'s text."""

    name: str
    type: Type
    sql_type: str
    nullable: bool = False

    def as_json(self) -> dict[str, Any]:
        """The parameter as ``describe --json`` prints it."""
        return {
            "name": self.name,
            "type": self.sql_type,
            "python": plain(self.type, result=False),
            "nullable": self.nullable,
        }


@dataclass(frozen=True, slots=True)
class Column:
    """A result column. ``nullable`` is False only where that is proved, or the header says so.

    ``null_elements``: whether an array's elements can be NULL. ``table`` and ``origin`` are the
    qualified table and the column of it that the value comes from, if it comes straight from one;
    ``required``: no row of that table has a NULL there, though the query may still give one.
    """

    name: str
    type: Type
    sql_type: str
    nullable: bool = True
    null_elements: bool = True
    table: str | None = None
    origin: str | None = None
    required: bool = False

    def as_json(self) -> dict[str, Any]:
        """The column as ``describe --json`` prints it."""
        return {
            "name": self.name,
            "type": self.sql_type,
            "python": plain(self.type, result=True, null_elements=self.null_elements),
            "nullable": self.nullable,
        }


@dataclass(frozen=True, slots=True)
class DescribedVariant:
    """One text of a query with conditional lines; ``params`` are the names in ``$n`` order."""

    when: str
    sql: str
    params: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The variant as ``describe --json`` prints it."""
        return {"when": self.when, "sql": self.sql, "params": list(self.params)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What PostgreSQL says of one query.

    ``params`` are those that are sent, over all variants, in the order they first appear in the
    text. ``reads`` and ``writes`` are qualified names of tables and views, ``reads_columns`` and
    ``writes_columns`` of columns; ``locks``: rows that are there are locked. ``analysed`` is False
    where the server gives no query tree (CALL, SHOW, EXPLAIN, more than 100 parameters): everything
    is nullable then, and the effects are unknown. ``single``: it writes, and can't give more than
    one row. ``row_of``: the table whose columns, all and in their order, the query's columns are.
    ``hazards`` are looked for only where that is asked for.
    """

    name: str
    file: str
    line: int
    kind: Kind
    sql: str
    params: tuple[Param, ...] = ()
    columns: tuple[Column, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    volatility: Volatility = "volatile"
    locks: bool = True
    reads_columns: tuple[str, ...] = ()
    writes_columns: tuple[str, ...] = ()
    variants: tuple[DescribedVariant, ...] = ()
    analysed: bool = False
    single: bool = False
    hazards: tuple[Hazard, ...] = ()
    row_of: str | None = None

    @property
    def types(self) -> tuple[Type, ...]:
        """The types of columns and parameters."""
        return (*(one.type for one in self.columns), *(one.type for one in self.params))

    def as_json(self) -> dict[str, Any]:
        """The description as ``describe --json`` prints it (DESIGN §8)."""
        return {
            "name": self.name,
            "file": self.file,
            "line": self.line,
            "kind": self.kind,
            "sql": self.sql,
            "params": [param.as_json() for param in self.params],
            "columns": [column.as_json() for column in self.columns],
            "reads": list(self.reads),
            "writes": list(self.writes),
            "volatility": self.volatility,
            "locks": self.locks,
            "reads_columns": list(self.reads_columns),
            "writes_columns": list(self.writes_columns),
            "variants": [variant.as_json() for variant in self.variants],
        }
