"""Made-up users, campaigns, members and events; the same ones each time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from psycopg.types.range import Range

from sql import campaigns, events, users

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sql._types import EventKind, MemberRole
    from sqlkit import Connection, Statement

DAY_ONE = date(2026, 1, 1)
USERS = 60
CAMPAIGNS = 24
EVENTS = 5_000

FIRST_NAMES = (
    "Ada",
    "Alan",
    "Barbara",
    "Edgar",
    "Edsger",
    "Grace",
    "Jim",
    "Leslie",
    "Margaret",
    "Tony",
)
LAST_NAMES = (
    "Codd",
    "Dijkstra",
    "Gray",
    "Hamilton",
    "Hoare",
    "Hopper",
    "Lamport",
    "Liskov",
    "Lovelace",
)
SEASONS = ("Spring", "Summer", "Autumn", "Winter")
GOODS = ("bicycles", "tea", "books", "garden tools", "headphones", "running shoes", "cheese")
TAGS = ("social", "search", "print", "radio", "outdoor")
ROLES: tuple[MemberRole, ...] = ("viewer", "editor", "manager")
KINDS: tuple[EventKind, ...] = ("impression", "click", "conversion")
COSTS = {"impression": Decimal("0.002"), "click": Decimal("0.15"), "conversion": Decimal("1.20")}


def seed(db: Connection) -> None:
    """Fill an empty database; one that has users is left as it is."""
    if db.run(users.count_users()):
        return
    random = Random(2026)
    with db.transaction() as tx:
        people = [user.id for user in tx.batch(_users(random))]
        owners = people[:8]
        ids = [campaign.id for campaign in tx.batch(_campaigns(random, owners))]
        tx.run(campaigns.set_status(ids=ids[: CAMPAIGNS * 2 // 3], status="active"))
        tx.batch(_members(random, ids, people[8:]))
        tx.run(events.import_events(_events(random, ids, people)))
        tx.run(events.refresh_days())


def _users(random: Random) -> Iterator[Statement[users.User]]:
    for number in range(USERS):
        first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
        yield users.upsert_user(
            email=f"{first}.{last}{number}@example.com",
            full_name=f"{first} {last}" if number % 10 else None,
            settings={"theme": random.choice(("light", "dark")), "weekly_report": number % 3 > 0},
        )


def _campaigns(random: Random, owners: Sequence[int]) -> Iterator[Statement[campaigns.Campaign]]:
    for _ in range(CAMPAIGNS):
        begin = DAY_ONE + timedelta(days=random.randrange(300))
        yield campaigns.create_campaign(
            owner_id=random.choice(owners),
            title=f"{random.choice(SEASONS)} sale: {random.choice(GOODS)}",
            budget=Decimal(random.randrange(10, 500) * 100),
            tags=sorted(random.sample(TAGS, random.randrange(1, 4))),
            runs=Range(begin, begin + timedelta(days=random.randrange(14, 120))),
        )


def _members(
    random: Random, ids: Sequence[int], people: Sequence[int]
) -> Iterator[Statement[None]]:
    for campaign_id in ids:
        for user_id in random.sample(people, 3):
            role = random.choice(ROLES)
            yield campaigns.add_member(campaign_id=campaign_id, user_id=user_id, role=role)


def _events(random: Random, ids: Sequence[int], people: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    moment = datetime.combine(DAY_ONE, datetime.min.time(), UTC)
    for number in range(EVENTS):
        kind = random.choices(KINDS, weights=(90, 9, 1))[0]
        moment += timedelta(seconds=random.randrange(60, 600))
        yield (
            random.choice(ids),
            random.choice(people) if number % 2 else None,
            kind,
            COSTS[kind],
            {"page": f"/{random.choice(GOODS).replace(' ', '-')}"},
            moment,
        )
