"""A realistic data set, by the project's own bulk path: binary COPY.

10,000 users, 100,000 campaigns (some owners have many, most have few), and readings of nine
columns. The same each time.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from psycopg.types.range import Range

from benchmarks.sql import readings
from sql._types import PostalAddress
from sqlkit import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit import Database

USERS = 10_000
CAMPAIGNS = 100_000
READINGS = 10_000

DAY_ONE = date(2025, 1, 1)
START = datetime(2025, 1, 1, tzinfo=UTC)
SEASONS = ("Spring", "Summer", "Autumn", "Winter")
GOODS = ("bicycles", "tea", "books", "tools", "headphones", "shoes", "cheese", "lamps", "maps")
PLACES = ("Aarhus", "Bergen", "Cork", "Delft", "Essen", "Faro", "Ghent", "Hull", "Izmir", "Jena")
TAGS = ("outdoor", "print", "radio", "search", "social", "video")
STATES = ("draft", "active", "paused", "ended")
NAMES = ("Ada", "Alan", "Barbara", "Edgar", "Grace", "Jim", "Leslie", "Tony")
SURNAMES = ("Codd", "Dijkstra", "Gray", "Hamilton", "Hoare", "Hopper", "Lamport", "Liskov")

_COPY_USERS = "copy users (email, full_name, settings, billing_address, created_at) from stdin"
_COPY_CAMPAIGNS = (
    "copy campaigns (owner_id, title, status, budget, spent, tags, runs, created_at) from stdin"
)


def fill(db: Database) -> None:
    """Fill a database that has the project's migrations."""
    random = Random(2026)
    db.run(sql(_COPY_USERS, kind="copy", rows=_users(random)))
    db.run(sql(_COPY_CAMPAIGNS, kind="copy", rows=_campaigns(random)))


def fill_readings(db: Database) -> None:
    """Fill a database that has the migrations of benchmarks/."""
    db.run(readings.import_readings(some_readings(READINGS)))


def some_readings(number: int) -> list[tuple[Any, ...]]:
    """So many rows for the tables readings and arrivals."""
    random = Random(number)
    return [
        (
            n,
            f"sensor {random.randrange(1000)}",
            n % 10 > 0,
            Decimal(random.randrange(10_000_000)) / 100,
            random.random(),
            random.sample(TAGS, random.randrange(1, 4)),
            {"place": random.choice(PLACES), "battery": random.randrange(100), "ok": True},
            DAY_ONE + timedelta(days=n % 700),
            START + timedelta(seconds=60 * n),
        )
        for n in range(1, number + 1)
    ]


def _users(random: Random) -> Iterator[tuple[Any, ...]]:
    for n in range(1, USERS + 1):
        yield (
            f"user{n}@example.com",
            f"{random.choice(NAMES)} {random.choice(SURNAMES)}" if n % 10 else None,
            {"theme": random.choice(("light", "dark")), "weekly_report": n % 3 > 0},
            PostalAddress("12 St James's Square", "London", "GB") if n % 4 == 0 else None,
            START + timedelta(minutes=n),
        )


def _campaigns(random: Random) -> Iterator[tuple[Any, ...]]:
    for n in range(1, CAMPAIGNS + 1):
        begin = DAY_ONE + timedelta(days=random.randrange(600))
        budget = Decimal(random.randrange(10, 500) * 100)
        yield (
            _owner(random),
            f"{random.choice(SEASONS)} sale: {random.choice(GOODS)} in {random.choice(PLACES)}",
            random.choice(STATES),
            budget,
            budget * random.randrange(100) / 100,
            sorted(random.sample(TAGS, random.randrange(1, 4))),
            Range(begin, begin + timedelta(days=random.randrange(14, 120))),
            START + timedelta(minutes=n),
        )


def _owner(random: Random) -> int:
    return 1 + int(USERS * random.random() ** 2)


def some_events(number: int) -> list[tuple[Any, ...]]:
    """So many rows for events.import_events."""
    random = Random(number)
    return [
        (
            random.randrange(1, CAMPAIGNS + 1),
            random.randrange(1, USERS + 1),
            random.choices(("impression", "click", "conversion"), weights=(90, 9, 1))[0],
            Decimal("0.15"),
            {"page": f"/{random.choice(GOODS)}"},
            START + timedelta(seconds=n),
        )
        for n in range(number)
    ]
