"""Made-up users, campaigns, members and events; the same ones each time.

``sqlkit seed`` runs them, and so does `seed`: what is missing is inserted, what differs is put
right, what is as it should be isn't touched.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from sql import events
from sql._types import EventKind, MemberRole  # noqa: TC001  rows know their types at run time
from sql.factories import DAY_ONE, GOODS, CampaignFactory, UserFactory
from sqlkit import Row, seeding
from sqlkit.seeding import Seeded, drawn, one_of, seeder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sql.campaigns import Campaign
    from sql.users import User
    from sqlkit import Connection

USERS = 60
OWNERS = 8
CAMPAIGNS = 24
EVENTS = 5_000

FIRST_NAMES = ("Ada", "Alan", "Barbara", "Edgar", "Edsger", "Grace", "Jim", "Leslie", "Tony")
LAST_NAMES = ("Codd", "Dijkstra", "Gray", "Hamilton", "Hoare", "Hopper", "Lamport", "Liskov")
ROLES: tuple[MemberRole, ...] = ("viewer", "editor", "manager")
KINDS: tuple[EventKind, ...] = ("impression", "click", "conversion")
COSTS = {"impression": Decimal("0.002"), "click": Decimal("0.15"), "conversion": Decimal("1.20")}


class Member(Row):
    """A row of campaign_members."""

    campaign_id: int
    user_id: int
    role: MemberRole
    joined_at: datetime


class Event(Row):
    """A row of campaign_events."""

    campaign_id: int
    user_id: int | None
    kind: EventKind
    cost: Decimal
    details: dict[str, str]
    occurred_at: datetime


def seed(db: Connection) -> None:
    """Bring all of it into a database."""
    seeding.seed(db, (users, campaigns, members, happenings))


@seeder("users", key="email")
def users(_: Seeded) -> Iterable[User]:
    """People who signed up one after the other; every tenth has no name."""
    return [
        user
        for start in range(1, USERS, 10)
        for user in (
            *UserFactory.build_batch(range(start, start + 1), anonymous=True),
            *UserFactory.build_batch(range(start + 1, start + 10), full_name=drawn(_name)),
        )
    ]


@seeder("campaigns", key=("owner_id", "created_at"), after=(users,), keep=("spent",))
def campaigns(seeded: Seeded) -> Iterable[Campaign]:
    """Campaigns of the first few users, two thirds of them active."""
    owners = one_of([user.id for user in seeded[users][:OWNERS]])
    active = CAMPAIGNS * 2 // 3
    yield from CampaignFactory.build_batch(range(1, active + 1), owner_id=owners, active=True)
    yield from CampaignFactory.build_batch(range(active + 1, CAMPAIGNS + 1), owner_id=owners)


@seeder("campaign_members", key=("campaign_id", "user_id"), after=(users, campaigns))
def members(seeded: Seeded) -> Iterable[Member]:
    """Three more people for each campaign."""
    random = Random(2026)
    people = [user.id for user in seeded[users][OWNERS:]]
    for campaign in seeded[campaigns]:
        for user_id in random.sample(people, 3):
            yield Member(campaign.id, user_id, random.choice(ROLES), campaign.created_at)


def _refresh(db: Connection) -> None:
    db.run(events.refresh_days())


@seeder(
    "campaign_events",
    key=("campaign_id", "occurred_at"),
    after=(users, campaigns),
    environments=("development", "test"),
    then=_refresh,
)
def happenings(seeded: Seeded) -> Iterable[Event]:
    """What became of the campaigns, a few minutes apart."""
    random = Random(2026)
    ids = [campaign.id for campaign in seeded[campaigns]]
    people = [user.id for user in seeded[users]]
    moment = datetime.combine(DAY_ONE, datetime.min.time(), UTC)
    for number in range(EVENTS):
        kind = random.choices(KINDS, weights=(90, 9, 1))[0]
        moment += timedelta(seconds=random.randrange(60, 600))
        yield Event(
            campaign_id=random.choice(ids),
            user_id=random.choice(people) if number % 2 else None,
            kind=kind,
            cost=COSTS[kind],
            details={"page": f"/{random.choice(GOODS).replace(' ', '-')}"},
            occurred_at=moment,
        )


def _name(random: Random) -> str:
    return f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}"
