"""10,000 rows of nine columns into a table without keys."""

from __future__ import annotations

from contextlib import contextmanager
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
    from collections.abc import Generator

    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place
    from sqlkit import Statement

ROWS = 10_000
COLUMNS = ("id", "sensor", "valid", "amount", "score", "tags", "details", "taken_on", "taken_at")
TYPES = ("int8", "text", "bool", "numeric", "float8", "text[]", "jsonb", "date", "timestamptz")

BY_COPY = "sqlkit, :copy"
BY_BATCH = "sqlkit, batch"
EXECUTEMANY = "psycopg, executemany"
PSYCOPG_COPY = "psycopg, binary copy"
ASYNCPG_COPY = "asyncpg, copy_records_to_table"


@contextmanager
def _ways(place: Place) -> Generator[Ways]:
    rows = some_readings(ROWS)
    given = [tuple(map(for_psycopg_value, row)) for row in rows]
    text, _ = for_psycopg(_recorded(rows[0]))
    copy = f"copy arrivals ({', '.join(COLUMNS)}) from stdin (format binary)"
    with Database(place.readings) as db, by_hand.pool(place.readings) as pool:

        def empty() -> None:
            db.run(readings.delete_arrivals())

        yield {
            BY_COPY: each_after(empty, lambda: db.run(readings.import_arrivals(rows))),
            BY_BATCH: each_after(empty, lambda: db.batch([_recorded(row) for row in rows])),
            EXECUTEMANY: each_after(empty, lambda: by_hand.many_times(pool, text, given)),
            PSYCOPG_COPY: each_after(empty, lambda: by_hand.copy(pool, copy, TYPES, given)),
        }


@contextmanager
def _asyncpg(place: Place) -> Generator[Ways]:
    import msgspec

    rows = [
        (*row[:6], msgspec.json.encode(row[6]).decode(), *row[7:]) for row in some_readings(ROWS)
    ]
    with Tasks() as tasks, Database(place.readings) as db:
        conn = asyncpg.held(tasks, place.readings)

        def load() -> Any:
            return tasks.run(conn.copy_records_to_table("arrivals", columns=COLUMNS, records=rows))

        yield {ASYNCPG_COPY: each_after(lambda: db.run(readings.delete_arrivals()), load)}


def _recorded(row: tuple[Any, ...]) -> Statement[int]:
    return readings.record_arrival(**dict(zip(COLUMNS, row, strict=True)))


BENCHMARK = Benchmark(
    "insert-10000",
    "insert 10,000 rows of 9 mixed columns",
    _ways,
    peers=(_asyncpg,),
    targets=(
        Target(EXECUTEMANY, at_most=0.07, way=BY_COPY),
        Target(EXECUTEMANY, at_most=0.30, way=BY_BATCH),
    ),
)
