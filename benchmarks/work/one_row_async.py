"""One row by primary key, from tasks' side: on asyncio's own loop and on uvloop."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.benchmark import Benchmark
from benchmarks.measure.result import SUBJECT, Target
from benchmarks.measure.tasks import Tasks
from benchmarks.peers import asyncpg, by_hand, uvloop
from benchmarks.peers.by_hand import AUTOCOMMIT, TRANSACTION
from benchmarks.peers.text import for_asyncpg, for_psycopg
from benchmarks.run.opened import async_database
from sql import users

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Generator

    from benchmarks.benchmark import Open
    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place

    Loop = Callable[[], asyncio.AbstractEventLoop] | None


def _ways(loop: Loop = None) -> Open:
    @contextmanager
    def open_ways(place: Place) -> Generator[Ways]:
        ids = place.user_ids()
        text, _ = for_psycopg(users.get_user(id=1))
        with Tasks(loop) as tasks:
            db = tasks.enter(lambda: async_database(place.url))
            auto = tasks.enter(lambda: by_hand.async_pool(place.url, autocommit=True))
            default = tasks.enter(lambda: by_hand.async_pool(place.url))
            yield {
                SUBJECT: tasks.each(lambda: db.run(users.get_user(id=next(ids)))),
                AUTOCOMMIT: tasks.each(lambda: by_hand.one_async(auto, text, (next(ids),))),
                TRANSACTION: tasks.each(lambda: by_hand.one_async(default, text, (next(ids),))),
            }

    return open_ways


def _asyncpg(loop: Loop = None) -> Open:
    @contextmanager
    def open_ways(place: Place) -> Generator[Ways]:
        ids = place.user_ids()
        text, _ = for_asyncpg(users.get_user(id=1))
        with Tasks(loop) as tasks:
            pool = asyncpg.pool(tasks, place.url)
            without_reset = asyncpg.pool_without_reset(tasks, place.url)
            held = asyncpg.held(tasks, place.url)
            yield {
                asyncpg.POOL: tasks.each(lambda: pool.fetchrow(text, next(ids))),
                asyncpg.NO_RESET: tasks.each(lambda: without_reset.fetchrow(text, next(ids))),
                asyncpg.HELD: tasks.each(lambda: held.fetchrow(text, next(ids))),
            }

    return open_ways


BENCHMARK = Benchmark(
    "one-row-async",
    "one row by primary key, awaited",
    _ways(),
    peers=(_asyncpg(),),
    targets=(
        Target(AUTOCOMMIT, at_most=0.40),
        Target(TRANSACTION, at_most=0.22),
        Target(asyncpg.POOL, at_most=0.35),
        Target(asyncpg.HELD, at_most=0.90),
    ),
)

ON_UVLOOP = Benchmark(
    "one-row-uvloop",
    "one row by primary key, awaited on uvloop",
    _ways(uvloop.new_event_loop),
    peers=(_asyncpg(uvloop.new_event_loop),),
)
