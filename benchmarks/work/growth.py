"""How the cost of a call grows with its rows and columns, with callers, and with queries in use."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import cycle
from typing import TYPE_CHECKING, Any

from benchmarks.benchmark import Growth
from benchmarks.measure.result import SUBJECT
from benchmarks.measure.sample import each
from benchmarks.measure.tasks import Tasks
from benchmarks.measure.threads import threads
from benchmarks.peers import by_hand
from benchmarks.peers.by_hand import AUTOCOMMIT
from benchmarks.peers.text import for_psycopg
from benchmarks.run.opened import async_database
from benchmarks.sql import readings
from sql import users
from sqlkit import Database, sql

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place
    from sqlkit import Statement

CONNECTIONS = 8


@contextmanager
def _beside_by_hand(url: str, statements: Sequence[Statement[Any]]) -> Generator[Ways]:
    given, texts = cycle(statements), cycle([for_psycopg(one) for one in statements])
    with Database(url) as db, by_hand.pool(url, autocommit=True) as pool:
        yield {
            SUBJECT: each(lambda: db.run(next(given))),
            AUTOCOMMIT: each(lambda: by_hand.many(pool, *next(texts))),
        }


@contextmanager
def _rows(place: Place, size: int) -> Generator[Ways]:
    with _beside_by_hand(place.readings, [readings.list_readings(max_rows=size)]) as ways:
        yield ways


@contextmanager
def _columns(place: Place, size: int) -> Generator[Ways]:
    columns = ", ".join(f"n + {number} as c{number}" for number in range(size))
    text = f"select {columns} from generate_series(1, 10) as n"
    with _beside_by_hand(place.readings, [sql(text)]) as ways:
        yield ways


@contextmanager
def _queries(place: Place, size: int) -> Generator[Ways]:
    statements = [sql(f"select :n::int + {number} as sum", n=1) for number in range(size)]
    with _beside_by_hand(place.readings, statements) as ways:
        yield ways


@contextmanager
def _threads(place: Place, size: int) -> Generator[Ways]:
    ids = place.user_ids()
    text, _ = for_psycopg(users.get_user(id=1))
    with (
        threads(size) as together,
        Database(place.url, min_size=CONNECTIONS, max_size=CONNECTIONS) as db,
        by_hand.pool(place.url, autocommit=True, size=CONNECTIONS) as pool,
    ):
        yield {
            SUBJECT: together(lambda: db.run(users.get_user(id=next(ids)))),
            AUTOCOMMIT: together(lambda: by_hand.one(pool, text, (next(ids),))),
        }


@contextmanager
def _tasks(place: Place, size: int) -> Generator[Ways]:
    ids = place.user_ids()
    text, _ = for_psycopg(users.get_user(id=1))
    with Tasks() as tasks:
        db = tasks.enter(lambda: async_database(place.url, size=CONNECTIONS))
        pool = tasks.enter(lambda: by_hand.async_pool(place.url, autocommit=True, size=CONNECTIONS))
        yield {
            SUBJECT: tasks.together(lambda: db.run(users.get_user(id=next(ids))), size),
            AUTOCOMMIT: tasks.together(lambda: by_hand.one_async(pool, text, (next(ids),)), size),
        }


ROWS = Growth(
    "growth-rows",
    "cost of a call against rows returned, 9 mixed columns",
    "rows",
    (1, 10, 100, 1_000, 10_000),
    _rows,
)
COLUMNS = Growth(
    "growth-columns",
    "cost of a call against columns, 10 rows of integers",
    "columns",
    (1, 3, 10, 30, 100, 300),
    _columns,
)
QUERIES = Growth(
    "growth-queries",
    "cost of a call against queries in use on the same connection, in turn",
    "queries",
    (1, 10, 100, 500),
    _queries,
)
THREADS = Growth(
    "growth-threads",
    "calls a second against threads, on 8 connections",
    "threads",
    (1, 2, 4, 8, 16, 32, 64),
    _threads,
    pinned=False,
    per_second=True,
)
TASKS = Growth(
    "growth-tasks",
    "calls a second against tasks, on 8 connections",
    "tasks",
    (1, 2, 4, 8, 16, 32, 64),
    _tasks,
    pinned=False,
    per_second=True,
)
