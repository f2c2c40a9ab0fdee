"""Factories of users and campaigns: rows for tests, demonstrations and seeds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from psycopg.types.range import Range

from sql._types import CampaignStatus, PostalAddress
from sql.campaigns import Campaign
from sql.models import Settings
from sql.users import User
from sqlkit.seeding import Factory, drawn, fake, key, lazy, one_of, sequence, shared, trait

if TYPE_CHECKING:
    from random import Random

DAY_ONE = date(2026, 1, 1)
SEASONS = ("Spring", "Summer", "Autumn", "Winter")
GOODS = ("bicycles", "tea", "books", "garden tools", "headphones", "running shoes", "cheese")
TAGS = ("outdoor", "print", "radio", "search", "social")


def _moment(number: int) -> datetime:
    """Row after row, a minute later each."""
    return datetime(2026, 1, 1, 8, tzinfo=UTC) + timedelta(minutes=number % 500_000)


def _settings(random: Random) -> Settings:
    return Settings(theme=random.choice(("light", "dark")), weekly_report=random.randrange(3) > 0)


def _title(random: Random) -> str:
    return f"{random.choice(SEASONS)} sale: {random.choice(GOODS)}"


def _tags(random: Random) -> list[str]:
    return sorted(random.sample(TAGS, random.randrange(1, 4)))


def _runs(random: Random) -> Range[date]:
    begin = DAY_ONE + timedelta(days=random.randrange(300))
    return Range(begin, begin + timedelta(days=random.randrange(14, 120)))


class UserFactory(Factory[User], table="users"):
    """Users that signed up one after the other; ``billable`` ones have an address."""

    id: int = key()
    email: str = sequence(lambda n: f"user{n}@example.com")
    full_name: str | None = fake("name")
    settings: Settings = drawn(_settings)
    billing_address: PostalAddress | None = None
    created_at: datetime = sequence(_moment)

    anonymous: bool = trait(full_name=None)
    billable: bool = trait(
        billing_address=PostalAddress("12 St James's Square", "London", "GB"),
    )


class CampaignFactory(Factory[Campaign], table="campaigns"):
    """Drafts of campaigns, three in a row of one owner; other states are traits."""

    id: int = key()
    owner_id: int = shared(3, UserFactory)
    title: str = drawn(_title)
    status: CampaignStatus = "draft"
    budget: Decimal = drawn(lambda random: Decimal(random.randrange(10, 500) * 100))
    spent: Decimal = Decimal(0)
    remaining: Decimal = lazy(lambda it: it.budget - it.spent)
    tags: list[str] = drawn(_tags)
    runs: Range[date] | None = drawn(_runs)
    created_at: datetime = sequence(_moment)

    active: bool = trait(status="active")
    ended: bool = trait(status="ended", spent=lazy(lambda it: it.budget))
    endless: bool = trait(runs=None)
    any_status: bool = trait(status=one_of(("draft", "active", "paused", "ended")))
