"""Many rows of nine columns of nine types: decoding, and making rows."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import repeat
from typing import TYPE_CHECKING, Any

from benchmarks.benchmark import Benchmark
from benchmarks.measure.result import SUBJECT, Target
from benchmarks.measure.sample import each
from benchmarks.peers import by_hand
from benchmarks.peers.by_hand import AUTOCOMMIT
from benchmarks.peers.libraries import faster_than_each, libraries
from benchmarks.peers.text import for_psycopg
from benchmarks.sql import readings
from sqlkit import Database

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from benchmarks.benchmark import Open
    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place

MSGSPEC = "psycopg with msgspec, autocommit"


def _ways(rows: int) -> Open:
    @contextmanager
    def open_ways(place: Place) -> Generator[Ways]:
        statement = readings.list_readings(max_rows=rows)
        text, args = for_psycopg(statement)
        with (
            Database(place.readings) as db,
            by_hand.pool(place.readings, autocommit=True) as auto,
            by_hand.pool(place.readings, autocommit=True, msgspec_json=True) as with_msgspec,
        ):
            yield {
                SUBJECT: each(lambda: db.run(readings.list_readings(max_rows=rows))),
                AUTOCOMMIT: each(lambda: by_hand.many(auto, text, args)),
                MSGSPEC: each(lambda: by_hand.many(with_msgspec, text, args)),
            }

    return open_ways


def _many_rows(rows: int) -> Benchmark:
    def arguments(place: Place) -> tuple[str, Iterator[dict[str, Any]]]:
        return place.readings, repeat({"max_rows": rows})

    return Benchmark(
        f"rows-{rows}",
        f"{rows:,} rows of 9 mixed columns",
        _ways(rows),
        peers=libraries(readings.list_readings(max_rows=rows), arguments, many=True),
        targets=(
            Target(AUTOCOMMIT, at_most=0.55),
            Target(MSGSPEC, at_most=0.75),
            *faster_than_each(),
        ),
    )


HUNDRED = _many_rows(100)
THOUSAND = _many_rows(1_000)
