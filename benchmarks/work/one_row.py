"""One row by primary key, from threads' side: the commonest query, where overhead shows most."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.benchmark import Benchmark
from benchmarks.measure.result import SUBJECT, Target
from benchmarks.measure.sample import each
from benchmarks.peers import by_hand, pgbench
from benchmarks.peers.by_hand import AUTOCOMMIT, TRANSACTION
from benchmarks.peers.libraries import faster_than_each, libraries
from benchmarks.peers.text import for_psycopg
from benchmarks.run.data import USERS
from sql import users
from sqlkit import Database

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from contextlib import AbstractContextManager

    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place


@contextmanager
def _ways(place: Place) -> Generator[Ways]:
    ids = place.user_ids()
    text, _ = for_psycopg(users.get_user(id=1))
    with (
        Database(place.url) as db,
        by_hand.pool(place.url, autocommit=True) as auto,
        by_hand.pool(place.url) as default,
    ):
        yield {
            SUBJECT: each(lambda: db.run(users.get_user(id=next(ids)))),
            AUTOCOMMIT: each(lambda: by_hand.one(auto, text, (next(ids),))),
            TRANSACTION: each(lambda: by_hand.one(default, text, (next(ids),))),
        }


def _floor(place: Place) -> AbstractContextManager[Ways]:
    return pgbench.floor(place, users.get_user(id=1), f"id random(1, {USERS})")


def _arguments(place: Place) -> tuple[str, Iterator[dict[str, Any]]]:
    return place.url, ({"id": one} for one in place.user_ids())


BENCHMARK = Benchmark(
    "one-row",
    "one row by primary key, 6 columns",
    _ways,
    also=(_floor,),
    peers=libraries(users.get_user(id=1), _arguments),
    targets=(
        Target(AUTOCOMMIT, at_most=0.55),
        Target(TRANSACTION, at_most=0.30),
        Target(pgbench.NAME, at_most=1.5),
        *faster_than_each(),
    ),
)
