"""The queries of sql/ where speed counts, as an application calls them."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import cycle
from random import Random
from typing import TYPE_CHECKING, Any

from benchmarks.benchmark import Benchmark
from benchmarks.measure.result import SUBJECT
from benchmarks.measure.sample import each
from benchmarks.peers import by_hand
from benchmarks.peers.by_hand import AUTOCOMMIT
from benchmarks.peers.text import for_psycopg
from benchmarks.run.data import GOODS, PLACES, SEASONS, TAGS, USERS
from sql import campaigns, users
from sqlkit import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from benchmarks.benchmark import Open
    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place
    from sqlkit import Statement

PAGE = 20


def _by_hand_too(
    query: Callable[..., Statement[Any]], arguments: Callable[[Random], dict[str, Any]]
) -> Open:
    """A query with many sets of arguments, and its text run by hand in autocommit."""

    @contextmanager
    def open_ways(place: Place) -> Generator[Ways]:
        random = Random(7)
        asked = [arguments(random) for _ in range(200)]
        texts = [for_psycopg(query(**one)) for one in asked]
        given, by_text = cycle(asked), cycle(texts)
        with Database(place.url) as db, by_hand.pool(place.url, autocommit=True) as pool:
            yield {
                SUBJECT: each(lambda: db.run(query(**next(given)))),
                AUTOCOMMIT: each(lambda: by_hand.many(pool, *next(by_text))),
            }

    return open_ways


def _page(random: Random) -> dict[str, Any]:
    return {
        "owner_id": random.randrange(1, 500),
        "after_budget": random.randrange(10, 500) * 100,
        "after_id": random.randrange(100_000),
        "max_rows": PAGE,
    }


def _search(random: Random) -> dict[str, Any]:
    words = (random.choice(SEASONS), random.choice(GOODS), random.choice(PLACES))
    return {"text": " ".join(words), "tag": random.choice(TAGS), "max_rows": PAGE}


def _sums(_: Random) -> dict[str, Any]:
    return {"max_rows": PAGE}


def _upsert(random: Random) -> dict[str, Any]:
    n = random.randrange(1, USERS)
    return {
        "email": f"user{n}@example.com",
        "full_name": f"Ada {n}",
        "settings": {"theme": "dark" if n % 2 else "light"},
    }


PAGES = Benchmark(
    "keyset-page",
    "a page of 20 campaigns, after the last one's budget and id",
    _by_hand_too(campaigns.page_campaigns, _page),
)
SEARCH = Benchmark(
    "search",
    "search of words in 100,000 titles, best match first",
    _by_hand_too(campaigns.search_campaigns, _search),
)
AGGREGATE = Benchmark(
    "aggregate",
    "sums by owner over a join of 10,000 users and 100,000 campaigns",
    _by_hand_too(campaigns.sum_by_owner, _sums),
)
UPSERT = Benchmark(
    "upsert",
    "insert a user or change the one with that address",
    _by_hand_too(users.upsert_user, _upsert),
)
