"""Rows that factories put into a database: keys, relations, hooks, both kinds of connection."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.errors import CheckViolation, UniqueViolation

from sql import campaigns, users
from sql.factories import CampaignFactory, UserFactory
from sql.models import Settings
from sql.users import User
from sqlkit import AsyncConnection, AsyncDatabase, Connection, Database, Row, WrongArgument, sql
from sqlkit.errors import SeedingError
from sqlkit.seeding import Factory, drawn, fake, key, one_of, seeded, sequence, shared, sub

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _counted_from_one() -> Iterator[None]:
    with seeded(0):
        yield


def test_a_created_row_is_what_the_database_has(db: Database) -> None:
    user = UserFactory.create(db, billable=True)
    assert user == db.run(users.get_user(id=user.id))
    assert isinstance(user.settings, Settings)
    assert user.billing_address is not None
    assert user.billing_address.city == "London"


def test_a_created_row_brings_its_parent_along(db: Database) -> None:
    campaign = CampaignFactory.create(db, active=True)
    assert campaign == db.run(campaigns.get_campaign(id=campaign.id))
    owner = db.run(users.get_user(id=campaign.owner_id))
    assert owner.email != UserFactory.create(db).email


def test_a_parent_that_is_given_is_used_again(db: Database) -> None:
    owner = UserFactory.create(db)
    made = CampaignFactory.create_batch(db, 5, owner_id=owner.id)
    assert {campaign.owner_id for campaign in made} == {owner.id}
    assert db.run(users.count_users()) == 1


def test_a_batch_gives_the_rows_in_order_with_the_keys_that_the_sequence_gave(
    db: Database,
) -> None:
    UserFactory.create(db)
    made = UserFactory.create_batch(db, 100)
    assert [user.email for user in made] == [f"user{n}@example.com" for n in range(2, 102)]
    assert db.run(users.get_users(ids=[user.id for user in made])) == made
    # The next row that the database numbers meets none of them.
    new = db.run(users.create_user(email="new@example.com", full_name=None))
    assert new.id not in {user.id for user in made}


def test_a_batch_creates_the_parents_that_it_shares(db: Database) -> None:
    made = CampaignFactory.create_batch(db, 10)
    owners = [campaign.owner_id for campaign in made]
    assert [len(set(owners[i : i + 3])) for i in (0, 3, 6, 9)] == [1, 1, 1, 1]
    assert db.run(users.count_users()) == 4
    # Row 11 is of the fourth owner's group, whose owner this call doesn't know.
    CampaignFactory.create_batch(db, 2)
    assert db.run(users.count_users()) == 5


def test_fields_that_are_given_and_traits_hold_in_a_batch(db: Database) -> None:
    made = CampaignFactory.create_batch(db, 3, ended=True, budget=Decimal("7.5"))
    assert {(row.status, row.budget, row.remaining) for row in made} == {
        ("ended", Decimal("7.50"), Decimal("0.00"))
    }


def test_the_same_seed_fills_two_tables_with_the_same_bytes(db: Database) -> None:
    def filled() -> str:
        CampaignFactory.create_batch(db, 50)
        columns = "title, status, budget, spent, tags, runs, created_at"
        statement = sql(
            f"select md5(string_agg(c::text, '|' order by id)) from"
            f" (select id, row({columns}) as c from campaigns) x",
            kind="one",
        )
        text: str = db.run(statement)
        db.run(users.delete_everything())
        return text

    with seeded(5):
        first = filled()
    with seeded(5):
        assert filled() == first
    with seeded(6):
        assert filled() != first


async def test_an_async_database_gets_the_same_rows(async_db: AsyncDatabase, db: Database) -> None:
    with seeded(3):
        user = await UserFactory.create(async_db, billable=True)
        made = await CampaignFactory.create_batch(async_db, 7, owner_id=user.id)
    assert await async_db.run(users.get_user(id=user.id)) == user
    await async_db.run(users.delete_everything())
    with seeded(3):
        again = UserFactory.create(db, billable=True)
        rows = CampaignFactory.create_batch(db, 7, owner_id=again.id)
    assert [row.title for row in rows] == [row.title for row in made]


def test_a_transaction_holds_what_was_created_in_it(db: Database) -> None:
    class Stop(Exception): ...

    with pytest.raises(Stop), db.transaction() as tx:  # noqa: PT012  what is raised leaves the block
        UserFactory.create_batch(tx, 3)
        assert tx.run(users.count_users()) == 3
        raise Stop
    assert db.run(users.count_users()) == 0


def test_a_refused_batch_leaves_nothing_not_even_parents(db: Database) -> None:
    with pytest.raises(CheckViolation) as caught:
        CampaignFactory.create_batch(db, 3, budget=Decimal(-1), spent=Decimal(0))
    assert "in CampaignFactory.create_batch" in caught.value.__notes__[0]
    assert db.run(users.count_users()) == 0
    UserFactory.create(db, email="same@example.com")
    with pytest.raises(UniqueViolation) as refused:
        UserFactory.create(db, email="same@example.com")
    assert "in UserFactory.create" in refused.value.__notes__[0]


def test_a_value_of_the_wrong_type_is_an_error_that_names_factory_and_field(db: Database) -> None:
    wrong: Any = UserFactory
    with pytest.raises(WrongArgument, match=r"UserFactory\.create_batch.*email.*must be str"):
        wrong.create_batch(db, 2, email=3)
    with pytest.raises(WrongArgument, match=r"UserFactory\.create.*email.*must be str"):
        wrong.create(db, email=3)


class WelcomedFactory(UserFactory):
    """Users who get a campaign as soon as they are there."""

    @classmethod
    def after_create(cls, db: Connection, row: User) -> None:
        CampaignFactory.create(db, owner_id=row.id, title=f"Welcome {row.email}")


class GreetedFactory(UserFactory):
    @classmethod
    async def after_create_async(cls, db: AsyncConnection, row: User) -> None:
        await CampaignFactory.create(db, owner_id=row.id, title=f"Welcome {row.email}")


def test_after_create_is_called_with_each_row_in_the_same_transaction(db: Database) -> None:
    made = WelcomedFactory.create_batch(db, 2)
    for user in made:
        (campaign,) = db.run(campaigns.list_campaigns(owner_id=user.id, max_rows=9))
        assert campaign.title == f"Welcome {user.email}"


def test_after_create_is_called_for_a_parent_too(db: Database) -> None:
    CampaignFactory.create(db, owner_id=sub(WelcomedFactory))
    assert db.run(sql("select count(*) from campaigns", kind="one")) == 2


async def test_after_create_async_is_called_with_each_row(async_db: AsyncDatabase) -> None:
    user = await GreetedFactory.create(async_db)
    assert len(await async_db.run(campaigns.list_campaigns(owner_id=user.id, max_rows=9))) == 1


async def test_a_hook_for_the_other_kind_of_connection_is_an_error_and_not_left_out(
    async_db: AsyncDatabase, db: Database
) -> None:
    with pytest.raises(WrongArgument, match="has after_create, but not after_create_async"):
        await WelcomedFactory.create(async_db)
    assert await async_db.run(users.count_users()) == 0
    with pytest.raises(WrongArgument, match="has after_create_async, but not after_create"):
        GreetedFactory.create(db)


class Pair(Row):
    a: int
    b: str


class PairFactory(Factory[Pair], table="pairs"):
    a: int = sequence(lambda n: n)
    b: str = drawn(lambda random: random.choice("xyz"))


@pytest.mark.parametrize("more", ["", ", primary key (b, a)"], ids=["no key", "two columns"])
def test_a_batch_needs_no_sequence(db: Database, more: str) -> None:
    db.run(sql(f"create table pairs (a int, b text default now()::text{more})", kind="exec"))
    made = PairFactory.create_batch(db, 5)
    assert [pair.a for pair in made] == [1, 2, 3, 4, 5]
    assert db.run(sql("select a, b from pairs order by a")) == [(p.a, p.b) for p in made]


def test_what_is_not_declared_is_left_to_the_database(db: Database) -> None:
    class BareFactory(Factory[User], table="users"):
        email: str = sequence(lambda n: f"bare{n}@example.com")

    one = BareFactory.create(db)
    assert (one.full_name, one.settings) == (None, Settings())
    assert [user.id > one.id for user in BareFactory.create_batch(db, 3)] == [True] * 3


def test_names_of_tables_and_columns_are_quoted_and_schemas_found(db: Database) -> None:
    class Odd(Row):
        select: int
        Name: str

    class OddFactory(Factory[Odd], table='odd."Ta ble"'):
        select: int = key()
        Name: str = "x"

    text = 'create schema odd; create table odd."Ta ble" ("select" serial primary key, "Name" text)'
    db.run(sql(text, kind="script"))
    assert OddFactory.create_batch(db, 2) == [Odd(1, "x"), Odd(2, "x")]
    assert OddFactory.create(db) == Odd(3, "x")


def test_a_table_that_is_not_there_is_an_error(db: Database) -> None:
    class NowhereFactory(UserFactory, table="usres"):
        pass

    with pytest.raises(SeedingError, match="NowhereFactory: there is no table usres"):
        NowhereFactory.create(db)


def test_a_row_with_more_than_the_tables_columns_is_an_error_that_names_the_field(
    db: Database,
) -> None:
    class MemberFactory(Factory[Pair], table="users"):
        a: int = 1

    with pytest.raises(SeedingError, match='users has no column "a"'):
        MemberFactory.create(db)


def test_a_key_without_a_sequence_is_an_error(db: Database) -> None:
    class KeyedFactory(PairFactory):
        a: int = key()

    db.run(sql("create table pairs (a int primary key, b text)", kind="exec"))
    with pytest.raises(SeedingError, match=r"a is key\(\), but no sequence numbers pairs\.a"):
        KeyedFactory.create(db)


def test_factories_that_need_each_other_are_an_error_that_shows_the_circle(db: Database) -> None:
    class HenFactory(Factory[User], table="users"):
        id: int = key()
        email: str = "hen"

    class EggFactory(CampaignFactory):
        owner_id: int = sub(HenFactory)

    hens: Any = HenFactory
    with pytest.raises(WrongArgument, match="HenFactory → EggFactory → HenFactory"):
        hens.create(db, email=sub(EggFactory))
    with pytest.raises(WrongArgument, match="1 or more"):
        shared(0, HenFactory)


class Post(Row):
    id: int
    owner_id: int
    title: str
    body: str
    score: int
    day: date


class PostFactory(Factory[Post], table="posts"):
    id: int = key()
    owner_id: int = shared(100, UserFactory)
    title: str = fake("sentence")
    body: str = sequence(lambda n: f"body {n}")
    score: int = drawn(lambda random: random.randrange(100))
    day: date = one_of((date(2026, 1, 1), date(2026, 1, 2)))


def test_a_hundred_thousand_rows_with_parents_take_seconds(db: Database) -> None:
    text = """
        create table posts (
            id bigint generated always as identity primary key,
            owner_id bigint not null references users, title text, body text, score int, day date
        )
    """
    db.run(sql(text, kind="exec"))
    begin = process_time()
    made = PostFactory.create_batch(db, 100_000)
    # Of this process; three seconds of everything is what a machine with nothing else to do takes.
    assert process_time() - begin < 9
    assert [made[0].body, made[-1].body] == ["body 1", "body 100000"]
    assert db.run(users.count_users()) == 1000
