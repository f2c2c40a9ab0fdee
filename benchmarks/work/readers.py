"""Many readers at once, each with a mix of the reference queries."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import cycle
from random import Random
from typing import TYPE_CHECKING, Any

from benchmarks.benchmark import Benchmark
from benchmarks.measure.result import SUBJECT
from benchmarks.measure.threads import threads
from benchmarks.peers import by_hand
from benchmarks.peers.by_hand import AUTOCOMMIT
from benchmarks.peers.text import for_psycopg
from benchmarks.run.data import CAMPAIGNS, USERS
from sql import campaigns, users
from sqlkit import Database

if TYPE_CHECKING:
    from collections.abc import Generator

    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place
    from sqlkit import Statement

READERS = 8


@contextmanager
def _ways(place: Place) -> Generator[Ways]:
    statements = _mix()
    given, texts = cycle(statements), cycle([for_psycopg(one) for one in statements])
    with (
        threads(READERS) as together,
        Database(place.url, min_size=READERS, max_size=READERS) as db,
        by_hand.pool(place.url, autocommit=True, size=READERS) as pool,
    ):
        yield {
            SUBJECT: together(lambda: db.run(next(given))),
            AUTOCOMMIT: together(lambda: by_hand.many(pool, *next(texts))),
        }


def _mix() -> list[Statement[Any]]:
    """Three lookups of a user, two of a campaign, and a list of an owner's campaigns."""
    random = Random(3)
    return [
        statement
        for _ in range(200)
        for statement in (
            *(users.get_user(id=random.randrange(1, USERS)) for _ in range(3)),
            *(campaigns.get_campaign(id=random.randrange(1, CAMPAIGNS)) for _ in range(2)),
            campaigns.list_campaigns(owner_id=random.randrange(1, USERS), max_rows=10),
        )
    ]


BENCHMARK = Benchmark(
    "readers-8",
    "8 threads that look up users and campaigns, and list campaigns",
    _ways,
    pinned=False,
    per_second=True,
)
