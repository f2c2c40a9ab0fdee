"""The reference data layer at work: sql/ on the schema of migrations/."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest
from psycopg.errors import CheckViolation, IntegrityError, UniqueViolation
from psycopg.types.range import Range

from sql import campaigns, events, users
from sql.models import EventCounts, Settings
from sql.seeds import CAMPAIGNS, EVENTS, USERS, seed
from sqlkit import AsyncDatabase, Database, NoRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sql._types import EventKind
    from sqlkit import Connection, Statement

    EventRow: TypeAlias = tuple[int, int | None, EventKind, Decimal, object, datetime]

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SPRING = Range(date(2026, 3, 1), date(2026, 6, 1))


@pytest.fixture(scope="session")
def sqlkit_migrations() -> Path:
    """The reference schema; the rest of this suite begins with empty databases."""
    return Path(__file__).parent.parent / "migrations"


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A database of the test's own with the reference schema."""
    with Database(database_url) as db:
        yield db


def make_user(db: Connection, name: str = "ada") -> users.User:
    return db.run(users.create_user(email=f"{name}@example.com", full_name=name.title()))


def campaign_of(
    owner_id: int, title: str = "Tea", budget: int = 100
) -> Statement[campaigns.Campaign]:
    return campaigns.create_campaign(
        owner_id=owner_id, title=title, budget=Decimal(budget), tags=["print"], runs=SPRING
    )


def make_campaign(db: Connection, title: str = "Tea", budget: int = 100) -> campaigns.Campaign:
    owner = db.run(users.find_user(email="ada@example.com")) or make_user(db)
    return db.run(campaign_of(owner.id, title, budget))


def test_a_new_user_has_the_settings_that_everyone_begins_with(db: Database) -> None:
    user = db.run(users.create_user(email="Ada@Example.com", full_name=None))

    assert user.email == "ada@example.com"
    assert user.full_name is None
    assert user.settings == Settings(theme="light", language="en", weekly_report=True)
    assert user.billing_address is None
    assert user.created_at.tzinfo is not None
    assert db.run(users.get_user(id=user.id)) == user


def test_who_is_not_there_is_none_or_no_row(db: Database) -> None:
    assert db.run(users.find_user(email="nobody@example.com")) is None
    with pytest.raises(NoRow, match=r"users\.get_user"):
        db.run(users.get_user(id=1))


def test_an_address_is_taken_once(db: Database) -> None:
    make_user(db)

    assert db.run(users.is_taken(email="ADA@example.com"))
    assert not db.run(users.is_taken(email="alan@example.com"))
    with pytest.raises(UniqueViolation):
        make_user(db)


def test_an_address_has_the_shape_of_one(db: Database) -> None:
    with pytest.raises(CheckViolation):
        db.run(users.create_user(email="not an address", full_name=None))


def test_an_upsert_merges_what_is_given_into_what_was_there(db: Database) -> None:
    first = db.run(
        users.upsert_user(email="a@example.com", full_name="Ada", settings={"theme": "dark"})
    )
    again = db.run(
        users.upsert_user(email="A@example.com", full_name=None, settings={"language": "de"})
    )

    assert again.id == first.id
    assert again.full_name == "Ada"
    assert again.settings == Settings(theme="dark", language="de")
    assert db.run(users.count_users()) == 1


def test_settings_change_and_the_number_of_changed_rows_comes_back(db: Database) -> None:
    user = make_user(db)

    assert db.run(users.change_settings(id=user.id, changes={"weekly_report": False})) == 1
    assert db.run(users.change_settings(id=user.id + 1, changes={})) == 0
    assert not db.run(users.get_user(id=user.id)).settings.weekly_report


def test_an_address_for_invoices_is_a_row_of_its_own(db: Database) -> None:
    user = make_user(db)
    db.run(
        users.set_billing_address(id=user.id, street='12, "Long" Lane', city="London", country="GB")
    )

    address = db.run(users.get_user(id=user.id)).billing_address

    assert address is not None
    assert (address.street, address.city, address.country) == ('12, "Long" Lane', "London", "GB")


def test_many_users_are_created_in_one_statement_and_taken_addresses_left_out(db: Database) -> None:
    make_user(db)
    ids = db.run(
        users.create_users(
            emails=["Alan@example.com", "ada@example.com", "jim@example.com"],
            full_names=["Alan", "Ada", "Jim"],
        )
    )

    assert len(ids) == 2
    found = db.run(users.get_users(ids=[ids[1], -1, ids[0]]))
    assert [user.email for user in found] == ["jim@example.com", "alan@example.com"]


def test_pages_of_users_follow_each_other_without_gap_or_overlap(db: Database) -> None:
    made = [make_user(db, name).id for name in ("ada", "alan", "barbara", "edgar", "jim")]

    pages: list[list[int]] = []
    before: int | None = None
    while page := db.run(users.list_users(text=None, before_id=before, max_rows=2)):
        pages.append([user.id for user in page])
        before = page[-1].id

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [user_id for page in pages for user_id in page] == made[::-1]


def test_each_filter_of_users_may_be_left_out_or_combined(db: Database) -> None:
    ada, alan = make_user(db, "ada"), make_user(db, "alan")
    db.run(users.set_billing_address(id=ada.id, street="s", city="c", country="GB"))

    def found(text: str | None, *, billable: bool = False) -> list[int]:
        listed = users.list_users(text=text, before_id=None, billable=billable, max_rows=9)
        return [user.id for user in db.run(listed)]

    assert found(None) == [alan.id, ada.id]
    assert found("ADA") == [ada.id]
    assert found("@example", billable=True) == [ada.id]
    assert found("alan", billable=True) == []


def test_who_owns_a_campaign_can_not_be_deleted(db: Database) -> None:
    campaign = make_campaign(db)

    with pytest.raises(IntegrityError, match="campaigns_owner_id_fkey"):
        db.run(users.delete_user(id=campaign.owner_id))

    assert db.run(campaigns.delete_campaign(id=campaign.id)) == 1
    assert db.run(users.delete_user(id=campaign.owner_id)) == 1


def test_a_campaign_comes_back_with_every_type_as_it_was_given(db: Database) -> None:
    campaign = make_campaign(db)

    assert campaign.status == "draft"
    assert campaign.budget == Decimal("100.00")
    assert campaign.remaining == campaign.budget - campaign.spent
    assert campaign.tags == ["print"]
    assert campaign.runs == SPRING
    assert db.run(campaigns.get_campaign(id=campaign.id)) == campaign


def test_campaigns_are_filtered_and_sorted_as_asked(db: Database) -> None:
    tea, books = make_campaign(db, "Tea", 100), make_campaign(db, "Books", 300)
    db.run(campaigns.set_status(ids=[tea.id], status="active"))
    owner = tea.owner_id

    def titles(statement: Statement[list[campaigns.Campaign]]) -> list[str]:
        return [campaign.title for campaign in db.run(statement)]

    everything = campaigns.list_campaigns(owner_id=owner, status=None, tags=None, max_rows=9)
    assert titles(everything) == ["Books", "Tea"]
    by_title = campaigns.list_campaigns(
        owner_id=owner, status=None, tags=["print", "radio"], sort="title", max_rows=1
    )
    assert titles(by_title) == ["Books"]
    active = campaigns.list_campaigns(
        owner_id=owner, status="active", tags=None, sort="richest", max_rows=9
    )
    assert titles(active) == ["Tea"]
    assert books.id not in [campaign.id for campaign in db.run(active)]


def test_campaigns_without_money_left_are_left_out_if_asked(db: Database) -> None:
    campaign = make_campaign(db, budget=0)
    owner = campaign.owner_id

    def found(*, with_money_left: bool) -> int:
        statement = campaigns.list_campaigns(
            owner_id=owner, status=None, tags=None, max_rows=9, with_money_left=with_money_left
        )
        return len(db.run(statement))

    assert found(with_money_left=False) == 1
    assert found(with_money_left=True) == 0


def test_pages_of_campaigns_follow_each_other_also_among_equal_budgets(db: Database) -> None:
    made = [make_campaign(db, f"No. {n}", budget) for n, budget in enumerate((5, 9, 5, 5, 9))]
    owner = made[0].owner_id

    seen: list[campaigns.Campaign] = []
    page = db.run(
        campaigns.page_campaigns(owner_id=owner, after_budget=None, after_id=None, max_rows=2)
    )
    while page:
        seen += page
        last = page[-1]
        page = db.run(
            campaigns.page_campaigns(
                owner_id=owner, after_budget=last.budget, after_id=last.id, max_rows=2
            )
        )

    assert seen == sorted(made, key=lambda c: (c.budget, c.id), reverse=True)


def test_a_search_takes_what_people_type_into_search_boxes(db: Database) -> None:
    for title in ("Spring sale: tea", "Spring sale: books", "Autumn tea"):
        make_campaign(db, title)

    def found(text: str, tag: str | None = None) -> set[str]:
        hits = db.run(campaigns.search_campaigns(text=text, tag=tag, max_rows=9))
        assert all(hit.score is None or hit.score > 0 for hit in hits)
        return {hit.title for hit in hits}

    assert found("tea") == {"Spring sale: tea", "Autumn tea"}
    assert found('"spring sale" -tea') == {"Spring sale: books"}
    assert found("autumn or books") == {"Spring sale: books", "Autumn tea"}
    assert found("tea", tag="radio") == set()
    assert found("'; drop table users; --") == set()


def test_a_running_campaign_names_its_first_and_last_day(db: Database) -> None:
    campaign = make_campaign(db)
    assert db.run(campaigns.list_running(day=date(2026, 5, 1))) == []

    db.run(campaigns.set_status(ids=[campaign.id], status="active"))

    (running,) = db.run(campaigns.list_running(day=date(2026, 5, 31)))
    assert (running.starts_on, running.ends_on) == (date(2026, 3, 1), date(2026, 5, 31))
    assert db.run(campaigns.list_running(day=date(2026, 6, 1))) == []


def test_only_what_is_given_changes(db: Database) -> None:
    campaign = make_campaign(db)

    changed = db.run(
        campaigns.change_campaign(id=campaign.id, title="Coffee", budget=None, tags=[])
    )

    assert changed is not None
    assert (changed.title, changed.budget, changed.tags) == ("Coffee", campaign.budget, [])
    assert db.run(campaigns.change_campaign(id=-1, title="x", budget=None, tags=None)) is None


def test_a_state_is_set_once(db: Database) -> None:
    ids = [make_campaign(db).id, make_campaign(db).id]

    assert db.run(campaigns.set_status(ids=ids, status="paused")) == 2
    assert db.run(campaigns.set_status(ids=ids, status="paused")) == 0


def test_charging_changes_the_campaign_and_records_the_event_in_one_statement(db: Database) -> None:
    campaign = make_campaign(db, budget=10)

    def charge(amount: str) -> Decimal | None:
        charged = db.run(
            campaigns.charge_campaign(
                id=campaign.id, amount=Decimal(amount), kind="click", details={"page": "/tea"}
            )
        )
        return charged.remaining if charged else None

    assert charge("1.00") is None, "a draft can't be charged"
    db.run(campaigns.set_status(ids=[campaign.id], status="active"))
    assert charge("7.50") == Decimal("2.50")
    assert charge("2.51") is None, "more than what remains"

    recorded = db.run(
        events.list_events(
            campaign_id=campaign.id, user_id=None, during=Range(NOON - timedelta(days=9000), None)
        )
    )
    assert [(e.kind, e.cost, e.details) for e in recorded] == [
        ("click", Decimal("7.5000"), {"page": "/tea"})
    ]


def test_adding_a_member_again_changes_the_role(db: Database) -> None:
    campaign, alan = make_campaign(db), make_user(db, "alan")
    for role in ("viewer", "editor"):
        add = campaigns.add_member(campaign_id=campaign.id, user_id=alan.id, role=role)
        assert db.run(add) is None

    (member,) = db.run(campaigns.list_members(campaign_id=campaign.id))
    assert (member.email, member.role) == ("alan@example.com", "editor")
    remove = campaigns.remove_member(campaign_id=campaign.id, user_id=alan.id)
    assert (db.run(remove), db.run(remove)) == (1, 0)


def test_who_owns_a_campaign_sees_it_without_a_role(db: Database) -> None:
    campaign, alan = make_campaign(db), make_user(db, "alan")
    db.run(campaigns.add_member(campaign_id=campaign.id, user_id=alan.id, role="editor"))

    def roles(user_id: int) -> list[str | None]:
        return [seen.role for seen in db.run(campaigns.list_visible(user_id=user_id))]

    assert roles(campaign.owner_id) == [None]
    assert roles(alan.id) == ["editor"]
    assert roles(-1) == []


def test_sums_by_owner_know_who_owns_nothing_if_asked(db: Database) -> None:
    first, _ = make_campaign(db, budget=100), make_campaign(db, budget=50)
    idle = make_user(db, "alan")
    db.run(campaigns.set_status(ids=[first.id], status="active"))

    (only,) = db.run(campaigns.sum_by_owner(max_rows=9))
    assert (only.id, only.campaigns, only.active) == (first.owner_id, 2, 1)
    assert (only.budget, only.spent) == (Decimal(150), Decimal(0))
    assert only.latest_at is not None

    _, other = db.run(campaigns.sum_by_owner(max_rows=9, with_idle=True))
    assert (other.id, other.campaigns, other.budget, other.latest_at) == (
        idle.id,
        0,
        Decimal(0),
        None,
    )


def test_a_window_ranks_each_owners_campaigns_and_tells_their_share(db: Database) -> None:
    made = [make_campaign(db, budget=100) for _ in range(3)]
    db.run(campaigns.set_status(ids=[campaign.id for campaign in made], status="active"))
    for campaign, amount in zip(made, (10, 30), strict=False):
        db.run(
            campaigns.charge_campaign(
                id=campaign.id, amount=Decimal(amount), kind="click", details=None
            )
        )

    ranked = db.run(campaigns.rank_campaigns(top=2))

    assert [(r.id, r.place, r.share) for r in ranked] == [
        (made[1].id, 1, Decimal("75.0")),
        (made[0].id, 2, Decimal("25.0")),
    ]


def event_rows(campaign_id: int, count: int) -> Iterator[EventRow]:
    for n in range(count):
        kind: EventKind = "click" if n % 3 == 0 else "impression"
        yield (campaign_id, None, kind, Decimal("0.25"), {"n": n}, NOON + timedelta(hours=n))


def test_events_are_copied_in_and_streamed_out(db: Database) -> None:
    campaign = make_campaign(db)

    assert db.run(events.import_events(event_rows(campaign.id, 3_000))) == 3_000

    with db.stream(events.export_events()) as rows:
        exported = list(rows)
    assert len(exported) == 3_000
    assert exported[0].occurred_at == NOON
    assert sum(event.cost for event in exported) == Decimal(750)


def test_events_are_recorded_from_arrays(db: Database) -> None:
    campaign = make_campaign(db)
    count = db.run(
        events.record_events(
            campaign_id=campaign.id,
            kinds=["click", "conversion"],
            costs=[Decimal("0.1"), Decimal(2)],
        )
    )

    assert count == 2
    counted = db.run(events.count_events(campaign_id=campaign.id))
    assert counted.total == 2
    assert counted.counts == EventCounts(click=1, conversion=1)


def test_a_range_of_time_chooses_events(db: Database) -> None:
    campaign = make_campaign(db)
    db.run(events.import_events(event_rows(campaign.id, 10)))
    hours = Range(NOON + timedelta(hours=2), NOON + timedelta(hours=5))

    chosen = db.run(events.list_events(campaign_id=campaign.id, during=hours, user_id=None))

    assert [event.details for event in chosen] == [{"n": 2}, {"n": 3}, {"n": 4}]
    of_nobody = events.list_events(campaign_id=campaign.id, during=hours, user_id=1)
    assert db.run(of_nobody) == []


def test_days_are_summed_by_windows_once_refreshed(db: Database) -> None:
    campaign = make_campaign(db)
    db.run(events.import_events(event_rows(campaign.id, 36)))
    assert db.run(events.sum_days(campaign_id=campaign.id)) == []

    assert db.run(events.refresh_days()) is None

    first, second = db.run(events.sum_days(campaign_id=campaign.id))
    assert (first.day, first.clicks, first.cost, first.change) == (
        date(2026, 5, 4),
        4,
        Decimal(3),
        None,
    )
    assert (second.cost, second.cost_so_far, second.change) == (Decimal(6), Decimal(9), Decimal(3))


def test_a_campaign_without_events_has_no_latest_one(db: Database) -> None:
    quiet, busy = make_campaign(db), make_campaign(db)
    db.run(events.import_events(event_rows(busy.id, 4)))

    latest = db.run(events.list_latest(owner_id=quiet.owner_id))

    assert [(row.id, row.kind, row.occurred_at) for row in latest] == [
        (busy.id, "click", NOON + timedelta(hours=3)),
        (quiet.id, None, None),
    ]


def test_old_events_are_deleted_a_bounded_number_at_a_time(db: Database) -> None:
    campaign = make_campaign(db)
    db.run(events.import_events(event_rows(campaign.id, 5)))
    delete = events.delete_events(before=NOON + timedelta(hours=3), max_rows=2)

    assert [db.run(delete) for _ in range(3)] == [2, 1, 0]


def test_a_script_empties_every_table(db: Database) -> None:
    make_campaign(db)

    assert db.run(users.delete_everything()) is None

    assert db.run(users.count_users()) == 0
    assert make_user(db).id == 1


def test_a_query_that_is_to_go_says_what_to_use_instead(db: Database) -> None:
    make_user(db)
    with pytest.warns(DeprecationWarning, match="list_users"):
        statement = users.find_users_by_name(  # pyright: ignore[reportDeprecated]
            full_name="Ada"
        )
    assert [user.email for user in db.run(statement)] == ["ada@example.com"]


def test_seeds_are_the_same_each_time_and_sown_once(db: Database) -> None:
    def sown() -> tuple[list[object], list[object]]:
        seed(db)
        shares = db.run(campaigns.rank_campaigns(top=99))
        return (
            [(u.email, u.full_name) for u in db.run(users.export_users())],
            [(c.title, c.place) for c in shares],
        )

    first = sown()
    assert (len(first[0]), len(first[1])) == (USERS, CAMPAIGNS)
    assert len(db.run(events.export_events())) == EVENTS
    assert sown() == first, "a second time changes nothing"
    db.run(users.delete_everything())
    assert sown() == first


async def test_the_same_functions_serve_the_async_database(database_url: str) -> None:
    async with AsyncDatabase(database_url) as db:
        user = await db.run(users.create_user(email="ada@example.com", full_name="Ada"))
        made = await db.batch(campaign_of(user.id, title) for title in ("Tea", "Books"))
        count = await db.run(events.import_events(event_rows(made[0].id, 100)))

        assert count == 100
        assert await db.run(users.get_user(id=user.id)) == user
        async with db.stream(events.export_events()) as rows:
            assert len([row async for row in rows]) == 100
