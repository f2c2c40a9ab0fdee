"""10,000 rows into a table without keys: of six plain columns, and of nine mixed ones."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from benchmarks.benchmark import Benchmark
from benchmarks.measure.result import Target
from benchmarks.measure.sample import each_after
from benchmarks.measure.tasks import Tasks
from benchmarks.peers import asyncpg, by_hand
from benchmarks.peers.text import for_psycopg, for_psycopg_value
from benchmarks.run.data import some_readings
from benchmarks.sql import readings
from sqlkit import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place
    from sqlkit import Statement

ROWS = 10_000
TYPES = {
    "id": "int8",
    "sensor": "text",
    "valid": "bool",
    "amount": "numeric",
    "score": "float8",
    "tags": "text[]",
    "details": "jsonb",
    "taken_on": "date",
    "taken_at": "timestamptz",
}

BY_COPY = "sqlkit, :copy"
BY_BATCH = "sqlkit, batch"
EXECUTEMANY = "psycopg, executemany"
PSYCOPG_COPY = "psycopg, binary copy"
ASYNCPG_COPY = "asyncpg, copy_records_to_table"


@dataclass(frozen=True)
class _Table:
    """A table, the columns that are written, and the queries that do."""

    name: str
    columns: Sequence[str]
    load: Callable[[list[Any]], Statement[int]]
    record: Callable[..., Statement[int]]
    empty: Callable[[], Statement[None]]

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows to write."""
        chosen = itemgetter(*(list(TYPES).index(column) for column in self.columns))
        return [chosen(row) for row in some_readings(ROWS)]


PLAIN = _Table(
    "pings",
    ("id", "sensor", "valid", "score", "taken_on", "taken_at"),
    readings.import_pings,
    readings.record_ping,
    readings.delete_pings,
)
MIXED = _Table(
    "arrivals",
    tuple(TYPES),
    readings.import_arrivals,
    readings.record_arrival,
    readings.delete_arrivals,
)


@contextmanager
def _ways(table: _Table, place: Place) -> Generator[Ways]:
    rows = table.rows()
    given = [tuple(map(for_psycopg_value, row)) for row in rows]
    named = [dict(zip(table.columns, row, strict=True)) for row in rows]
    text, _ = for_psycopg(table.record(**named[0]))
    copy = f"copy {table.name} ({', '.join(table.columns)}) from stdin (format binary)"
    types = [TYPES[column] for column in table.columns]
    with Database(place.readings) as db, by_hand.pool(place.readings) as pool:

        def empty() -> None:
            db.run(table.empty())

        yield {
            BY_COPY: each_after(empty, lambda: db.run(table.load(rows))),
            BY_BATCH: each_after(empty, lambda: db.batch([table.record(**row) for row in named])),
            EXECUTEMANY: each_after(empty, lambda: by_hand.many_times(pool, text, given)),
            PSYCOPG_COPY: each_after(empty, lambda: by_hand.copy(pool, copy, types, given)),
        }


@contextmanager
def _asyncpg(table: _Table, place: Place) -> Generator[Ways]:
    import msgspec

    def as_text(value: Any) -> Any:
        return msgspec.json.encode(value).decode() if isinstance(value, dict) else value

    rows = [tuple(map(as_text, row)) for row in table.rows()]
    with Tasks() as tasks, Database(place.readings) as db:
        conn = asyncpg.held(tasks, place.readings)

        def load() -> Any:
            return tasks.run(
                conn.copy_records_to_table(table.name, columns=table.columns, records=rows)
            )

        yield {ASYNCPG_COPY: each_after(lambda: db.run(table.empty()), load)}


def _benchmark(name: str, table: _Table, columns: str) -> Benchmark:
    return Benchmark(
        name,
        f"insert 10,000 rows of {columns}",
        partial(_ways, table),
        peers=(partial(_asyncpg, table),),
        targets=(
            Target(EXECUTEMANY, at_most=0.07, way=BY_COPY),
            Target(EXECUTEMANY, at_most=0.30, way=BY_BATCH),
        ),
    )


INTO_PLAIN = _benchmark("insert-10000", PLAIN, "6 plain columns")
INTO_MIXED = _benchmark("insert-10000-mixed", MIXED, "9 mixed columns")
