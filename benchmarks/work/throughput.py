"""Calls a second: 16 threads, 16 tasks, and 64 tasks whose calls share round trips."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.benchmark import Benchmark
from benchmarks.measure.result import SUBJECT, Target
from benchmarks.measure.tasks import Tasks
from benchmarks.measure.threads import threads
from benchmarks.peers import asyncpg, by_hand
from benchmarks.peers.by_hand import AUTOCOMMIT
from benchmarks.peers.text import for_asyncpg, for_psycopg
from benchmarks.run.opened import async_database
from sql import users
from sqlkit import Database

if TYPE_CHECKING:
    from collections.abc import Generator

    from benchmarks.benchmark import Open
    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place

CONNECTIONS = 16
PIPELINED = "sqlkit, pipeline=True"


@contextmanager
def _threads(place: Place) -> Generator[Ways]:
    ids = place.user_ids()
    text, _ = for_psycopg(users.get_user(id=1))
    with (
        threads(16) as together,
        Database(place.url, min_size=CONNECTIONS, max_size=CONNECTIONS) as db,
        by_hand.pool(place.url, autocommit=True, size=CONNECTIONS) as pool,
    ):
        yield {
            SUBJECT: together(lambda: db.run(users.get_user(id=next(ids)))),
            AUTOCOMMIT: together(lambda: by_hand.one(pool, text, (next(ids),))),
        }


def _tasks(number: int) -> Open:
    @contextmanager
    def open_ways(place: Place) -> Generator[Ways]:
        ids = place.user_ids()
        text, _ = for_psycopg(users.get_user(id=1))
        with Tasks() as tasks:
            db = tasks.enter(lambda: async_database(place.url, size=CONNECTIONS))
            pool = tasks.enter(
                lambda: by_hand.async_pool(place.url, autocommit=True, size=CONNECTIONS)
            )
            yield {
                SUBJECT: tasks.together(lambda: db.run(users.get_user(id=next(ids))), number),
                AUTOCOMMIT: tasks.together(
                    lambda: by_hand.one_async(pool, text, (next(ids),)), number
                ),
            }

    return open_ways


def _asyncpg(number: int) -> Open:
    @contextmanager
    def open_ways(place: Place) -> Generator[Ways]:
        ids = place.user_ids()
        text, _ = for_asyncpg(users.get_user(id=1))
        with Tasks() as tasks:
            pool = asyncpg.pool(tasks, place.url, CONNECTIONS)
            quick = asyncpg.pool_without_reset(tasks, place.url, CONNECTIONS)
            yield {
                asyncpg.POOL: tasks.together(lambda: pool.fetchrow(text, next(ids)), number),
                asyncpg.NO_RESET: tasks.together(lambda: quick.fetchrow(text, next(ids)), number),
            }

    return open_ways


@contextmanager
def _pipelined(place: Place) -> Generator[Ways]:
    ids = place.user_ids()
    with Tasks() as tasks:
        db = tasks.enter(lambda: async_database(place.url, size=CONNECTIONS, pipeline=True))
        yield {PIPELINED: tasks.together(lambda: db.run(users.get_user(id=next(ids))), 64)}


THREADS = Benchmark(
    "threads-16",
    "one row by primary key, 16 threads on 16 connections",
    _threads,
    targets=(Target(AUTOCOMMIT, times=1.8),),
    pinned=False,
    per_second=True,
)
TASKS = Benchmark(
    "tasks-16",
    "one row by primary key, 16 tasks on 16 connections",
    _tasks(16),
    peers=(_asyncpg(16),),
    targets=(Target(AUTOCOMMIT, times=3.0),),
    pinned=False,
    per_second=True,
)
PIPELINE = Benchmark(
    "pipeline-64",
    "one row by primary key, 64 tasks whose calls share round trips",
    _tasks(64),
    also=(_pipelined,),
    peers=(_asyncpg(64),),
    targets=(Target(asyncpg.NO_RESET, times=4.0, way=PIPELINED),),
    pinned=False,
    per_second=True,
)
