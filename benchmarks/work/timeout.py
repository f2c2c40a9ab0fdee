"""A timeout of one query, enforced by the server."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.benchmark import Benchmark
from benchmarks.measure.result import SUBJECT, Target
from benchmarks.measure.sample import each
from benchmarks.peers import by_hand
from benchmarks.peers.text import for_psycopg
from benchmarks.sql import readings
from sqlkit import Database

if TYPE_CHECKING:
    from collections.abc import Generator

    from psycopg_pool import ConnectionPool

    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place

SET_LOCAL = "psycopg, SET LOCAL in a transaction"


@contextmanager
def _ways(place: Place) -> Generator[Ways]:
    """The query says ``@timeout 250ms`` in its .sql file."""
    text, _ = for_psycopg(readings.get_reading(id=1))

    def limited(pool: ConnectionPool[Any]) -> Any:
        with pool.connection() as conn:
            conn.execute("set local statement_timeout = '250ms'")
            return conn.execute(text, (7,)).fetchone()

    with Database(place.readings) as db, by_hand.pool(place.readings) as pool:
        yield {
            SUBJECT: each(lambda: db.run(readings.get_reading(id=7))),
            SET_LOCAL: each(lambda: limited(pool)),
        }


BENCHMARK = Benchmark(
    "timeout",
    "one row, with a timeout of its own that the server enforces",
    _ways,
    targets=(Target(SET_LOCAL, at_most=0.35),),
)
