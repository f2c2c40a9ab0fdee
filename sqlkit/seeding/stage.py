"""A seeder's rows in the database: staged, compared with the table, and only then written.

They are copied to a temporary table of the same types. Rows of the table that have the same key and
differ are updated, rows that no key is found for are inserted, and the others aren't touched: no
new version, no lock, no trigger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlkit.seeding.statements import Reading, copy, listed
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.seeding.conversation import Conversation
    from sqlkit.seeding.table import Column, Table
    from sqlkit.statement import Kind

STAGE = "pg_temp.sqlkit_seed"
PLACE = "sqlkit_place"
# Types without an equality operator (PostgreSQL manual, 8.14 and 9.15): compared as these.
_COMPARED = {"json": "jsonb", "xml": "text", "point": "text", "polygon": "text"}


@dataclass(frozen=True, slots=True)
class Stage:
    """How rows of one seeder are compared and written.

    ``columns`` are all that a row brings, ``key`` those it is known by, ``changed`` those that are
    written to a row that is there.
    """

    name: str
    table: Table
    columns: Sequence[Column]
    key: Sequence[Column]
    changed: Sequence[Column]
    reading: Reading

    def write(self, rows: Sequence[Sequence[Any]]) -> Conversation[tuple[int, int]]:
        """Write rows; how many were inserted, and how many changed."""
        yield from self._stage(rows)
        changed: int = (yield self._update()) if self.changed else 0
        inserted: int = yield self._insert()
        return inserted, changed

    def read(self) -> Statement[list[Any]]:
        """The staged rows as the table has them now, in order."""
        return self._statement(
            "many",
            f"select {listed(self.reading.columns, 't.')} from {STAGE} s "
            f"join {self.table.name} t on {self._same_key()} order by s.{PLACE}",
            self.reading,
        )

    def _stage(self, rows: Sequence[Sequence[Any]]) -> Conversation[None]:
        columns = listed(self.columns)
        yield self._statement("exec", f"drop table if exists {STAGE}")
        yield self._statement(
            "exec",
            f"create temp table sqlkit_seed on commit drop as "
            f"select {columns}, null::int8 as {PLACE} from {self.table.name} with no data",
        )
        names = f"{columns}, {PLACE}"
        placed = [(*row, place) for place, row in enumerate(rows)]
        yield copy(self.name, STAGE, names, placed)

    def _update(self) -> Statement[int]:
        sets = ", ".join(f"{column.quoted} = s.{column.quoted}" for column in self.changed)
        return self._statement(
            "affected",
            f"update {self.table.name} t set {sets} from {STAGE} s where {self._same_key()} "
            f"and {self._compared('t')} is distinct from {self._compared('s')}",
        )

    def _insert(self) -> Statement[int]:
        return self._statement(
            "affected",
            f"insert into {self.table.name} ({listed(self.columns)}) overriding system value "
            f"select {listed(self.columns, 's.')} from {STAGE} s where not exists "
            f"(select from {self.table.name} t where {self._same_key()}) order by s.{PLACE}",
        )

    def _same_key(self) -> str:
        return " and ".join(f"t.{column.quoted} = s.{column.quoted}" for column in self.key)

    def _compared(self, side: str) -> str:
        casts = [_COMPARED.get(column.base) for column in self.changed]
        values = [
            f"{side}.{column.quoted}" + (f"::{cast}" if cast else "")
            for column, cast in zip(self.changed, casts, strict=True)
        ]
        return f"row({', '.join(values)})"

    def _statement(self, kind: Kind, text: str, reading: Reading | None = None) -> Statement[Any]:
        query: Query[Any] = Query(
            name=self.name,
            kind=kind,
            lines=(Line(text),),
            row=reading.row if reading else None,
            named=reading is not None,
            composites=reading.composites if reading else {},
            converts=reading.converts if reading else {},
        )
        return Statement(query)
