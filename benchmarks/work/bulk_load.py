"""The reference data layer's bulk load: 10,000 events into a table with keys and indexes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.benchmark import Benchmark
from benchmarks.measure.result import SUBJECT
from benchmarks.measure.sample import each_after
from benchmarks.peers import by_hand
from benchmarks.peers.text import for_psycopg_value
from benchmarks.run.data import some_events
from sql import events
from sqlkit import Database, sql

if TYPE_CHECKING:
    from collections.abc import Generator

    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place

ROWS = 10_000
EXECUTEMANY = "psycopg, executemany"
COPY = "psycopg, copy"
COLUMNS = "campaign_id, user_id, kind, cost, details, occurred_at"


@contextmanager
def _ways(place: Place) -> Generator[Ways]:
    rows = some_events(ROWS)
    given = [tuple(map(for_psycopg_value, row)) for row in rows]
    insert = f"insert into campaign_events ({COLUMNS}) values (%s, %s, %s, %s, %s, %s)"
    copy = f"copy campaign_events ({COLUMNS}) from stdin"
    empty = sql("truncate campaign_events", kind="exec")
    with Database(place.url) as db, by_hand.pool(place.url) as pool:
        ways = {
            SUBJECT: lambda: db.run(events.import_events(rows)),
            EXECUTEMANY: lambda: by_hand.many_times(pool, insert, given),
            COPY: lambda: by_hand.copy(pool, copy, (), given),
        }
        yield {name: each_after(lambda: db.run(empty), load) for name, load in ways.items()}


BENCHMARK = Benchmark(
    "bulk-load",
    "10,000 events into a table with two foreign keys and three indexes",
    _ways,
)
