"""Seeders: what is missing comes, what differs is put right, what is right isn't touched."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg
import pytest

from sql import seeds
from sql.factories import CampaignFactory, UserFactory
from sqlkit import Database, Row, WrongArgument, sql
from sqlkit.errors import MigrationLocked, SeederFailed, SeedingError
from sqlkit.migrations.lock import locked
from sqlkit.seeding import Done, Seeded, Seeder, seed, seeder
from sqlkit.seeding.seed import LEDGER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sql.users import User
    from sqlkit import Connection

ALL = (seeds.users, seeds.campaigns, seeds.members, seeds.happenings)


def people(count: int, **fields: Any) -> Seeder[User]:
    @seeder("users", key="email", name="people", keep=("created_at",))
    def rows(_: Seeded) -> Iterable[User]:
        factory: Any = UserFactory
        return list(factory.build_batch(range(1, count + 1), **fields))

    return rows


def versions(db: Connection, table: str) -> list[Any]:
    rows: list[Any] = db.run(sql(f"select xmin::text, ctid::text, * from {table} order by 3, 4"))
    return rows


def test_the_reference_seeders_fill_the_tables_with_related_rows(db: Database) -> None:
    assert seed(db, ALL) == [
        Done("users", "users", 60, 0, 0),
        Done("campaigns", "campaigns", 24, 0, 0),
        Done("campaign_members", "campaign_members", 72, 0, 0),
        Done("campaign_events", "campaign_events", 5000, 0, 0),
    ]
    joined = """
        select count(distinct u.id), count(distinct c.id), count(*) from campaign_events e
        join campaigns c on c.id = e.campaign_id join users u on u.id = c.owner_id
    """
    assert db.run(sql(joined, kind="one")) == (7, 24, 5000)
    assert db.run(sql("select count(*) > 0 from campaign_days", kind="one"))


@pytest.mark.sqlkit_commit
def test_a_second_run_changes_no_row_and_writes_no_version(db: Database) -> None:
    seed(db, ALL[:3])
    tables = ("users", "campaigns", "campaign_members")
    before = [versions(db, table) for table in tables]
    done = seed(db, ALL[:3])
    assert [(one.inserted, one.changed, one.left) for one in done] == [
        (0, 0, 60),
        (0, 0, 24),
        (0, 0, 72),
    ]
    assert [versions(db, table) for table in tables] == before


def test_what_differs_is_put_right_and_what_is_kept_is_not(db: Database) -> None:
    seed(db, ALL[:2])
    db.run(sql("update users set full_name = 'X' where email like 'user3@%'", kind="exec"))
    first: int = db.run(sql("select min(id) from campaigns", kind="one"))
    db.run(sql("update campaigns set spent = 7, title = 'Y' where id = :id", kind="exec", id=first))
    db.run(sql("update campaigns set spent = 8 where id = :id", kind="exec", id=first + 1))
    db.run(sql("delete from campaigns where id = :id", kind="exec", id=first + 2))
    done = seed(db, ALL[:2])
    assert [(one.inserted, one.changed, one.left) for one in done] == [(0, 1, 59), (1, 1, 22)]
    spent = db.run(sql("select spent from campaigns where spent > 0 order by id"))
    assert spent == [7, 8]
    assert db.run(sql("select count(*) from campaigns where title = 'Y'", kind="one")) == 0


def test_a_dry_run_says_what_it_would_do_and_does_nothing(db: Database) -> None:
    assert seed(db, ALL[:2], dry_run=True) == [
        Done("users", "users", 60, 0, 0),
        Done("campaigns", "campaigns", 24, 0, 0),
    ]
    assert db.run(sql("select count(*) from users", kind="one")) == 0


def test_a_named_seeder_brings_what_it_needs_and_no_more(db: Database) -> None:
    done = seed(db, ALL, ["campaigns"])
    assert [one.seeder for one in done] == ["users", "campaigns"]
    with pytest.raises(WrongArgument, match='no seeder "campaings"; did you mean "campaigns"'):
        seed(db, ALL, ["campaings"])


def test_a_failing_row_leaves_nothing_and_is_named_without_its_other_values(db: Database) -> None:
    @seeder("campaigns", key="created_at", name="broke", after=(seeds.users,))
    def broke(seeded: Seeded) -> Iterable[Any]:
        rows = CampaignFactory.build_batch(range(1, 40), owner_id=seeded[seeds.users][0].id)
        bad = msgspec.structs.replace(rows[6], title="secret", budget=Decimal(-4))
        return [*rows[:6], bad, *rows[7:]]

    with pytest.raises(SeederFailed) as caught:
        seed(db, [broke])
    error = caught.value
    assert (error.seeder, error.row, error.sqlstate) == ("broke", 7, "23514")
    assert error.constraint == "campaigns_budget_check"
    for said in ("seeder broke, row 7", "created_at = ", '"campaigns_budget_check" of campaigns'):
        assert said in str(error)
    assert "secret" not in str(error)
    assert "-4" not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__
    assert db.run(sql("select count(*) from users", kind="one")) == 0


def test_a_row_that_only_fails_with_an_earlier_one_is_found(db: Database) -> None:
    db.run(sql("create unique index one_name on users (full_name)", kind="exec"))

    @seeder("users", key="email", name="twins")
    def twins(_: Seeded) -> Iterable[User]:
        rows = UserFactory.build_batch(range(1, 10), anonymous=True)
        return [
            msgspec.structs.replace(row, full_name="Twin" if place in {1, 6} else None)
            for place, row in enumerate(rows)
        ]

    with pytest.raises(SeederFailed, match=r'row 7 .*UniqueViolation of "one_name"'):
        seed(db, [twins])


def test_a_domain_and_a_wrong_type_are_refused_with_the_row(db: Database) -> None:
    for email, reason in (("no address", "email_address_check"), (3, "email must be str")):

        @seeder("users", key="created_at", name="odd")
        def odd(_: Seeded, email: Any = email) -> Iterable[User]:
            rows = UserFactory.build_batch(range(1, 4))
            return [rows[0], msgspec.structs.replace(rows[1], email=email), rows[2]]

        with pytest.raises(SeederFailed, match=f"seeder odd, row 2 .*{reason}"):
            seed(db, [odd])


def test_a_deferred_constraint_is_checked_within_its_seeder(db: Database) -> None:
    db.run(
        sql(
            "create table nodes (name text primary key, up text constraint up references nodes"
            " deferrable initially deferred)",
            kind="exec",
        )
    )

    class Node(Row):
        name: str
        up: str | None

    @seeder("nodes", key="name")
    def tree(_: Seeded) -> Iterable[Node]:
        return [Node("leaf", "root"), Node("root", None)]

    @seeder("nodes", key="name", name="bad")
    def bad(_: Seeded) -> Iterable[Node]:
        return [Node("other", "nowhere")]

    assert seed(db, [tree]) == [Done("nodes", "nodes", 2, 0, 0)]
    with pytest.raises(SeederFailed, match='seeder bad: ForeignKeyViolation of "up"'):
        seed(db, [bad])


@pytest.mark.parametrize("key", ["full_name", "email"])
def test_a_natural_key_that_tells_no_rows_apart_is_an_error(db: Database, key: str) -> None:
    same: dict[str, Any] = {"email": "a@example.com"} if key == "email" else {"anonymous": True}

    @seeder("users", key=key, name="unclear")
    def unclear(_: Seeded) -> Iterable[User]:
        return UserFactory.build_batch(2, **same)

    reason = "row 2 has the natural key of row 1" if key == "email" else "full_name is part of"
    with pytest.raises(SeedingError, match=reason):
        seed(db, [unclear])


def test_names_that_are_wrong_are_errors_with_the_near_one(db: Database) -> None:
    def rows(_: Seeded) -> Iterable[User]:
        return [UserFactory.build()]

    wrong: list[tuple[Callable[..., Any], str]] = [
        (seeder("users", key="emial"), 'seeder users: users has no column "emial"; did you mean'),
        (seeder("users", key="email", keep=("setings",)), 'did you mean "settings"'),
        (seeder("usres", key="email"), 'there is no table usres; did you mean "users"'),
    ]
    for made, reason in wrong:
        with pytest.raises(SeedingError, match=reason):
            seed(db, [made(rows)])
    with pytest.raises(SeedingError, match="two seeders are named users"):
        seed(db, [seeder("users", key="email")(rows), seeds.users])


def test_rows_of_a_seeder_that_was_not_named_are_not_to_be_had(db: Database) -> None:
    @seeder("users", key="email", name="hasty")
    def hasty(seeded: Seeded) -> Iterable[User]:
        return seeded[seeds.users]

    with pytest.raises(WrongArgument, match="the seeder users has not run: name it in after"):
        seed(db, [hasty])


def test_a_seeder_without_rows_does_nothing(db: Database) -> None:
    assert seed(db, [people(0)]) == [Done("people", "users", 0, 0, 0)]


def _none(_: Seeded) -> Any:
    return None


def _divides(_: Seeded) -> Any:
    return [1 / 0]


def _dicts(_: Seeded) -> Any:
    return [{"email": "x"}]


def _takes_nothing() -> Any:
    return []


FAILING: dict[str, Any] = {
    "seeder odd: its function failed: TypeError": _takes_nothing,
    r"seeder odd: its function failed at .*test_seed\.py:\d+: ZeroDivision": _divides,
    "seeder odd gives None: return a list of rows, or yield them": _none,
    "seeder odd, row 1 is a dict: it must be of a row class": _dicts,
}


@pytest.mark.parametrize("reason", FAILING)
def test_a_function_that_fails_or_gives_no_rows_is_named(db: Database, reason: str) -> None:
    rows = FAILING[reason]
    with pytest.raises(SeedingError, match=reason):
        seed(db, [seeds.users, seeder("users", key="email", name="odd")(rows)])
    assert db.run(sql("select count(*) from users", kind="one")) == 0


def test_what_a_factory_says_in_a_seeder_brings_the_seeder_s_name(db: Database) -> None:
    wrong: Any = UserFactory

    @seeder("users", key="email", name="odd")
    def odd(_: Seeded) -> Iterable[User]:
        return [wrong.build(emial="x")]

    with pytest.raises(WrongArgument) as caught:
        seed(db, [odd])
    assert caught.value.__notes__ == ["in the seeder odd"]


def test_a_seeder_that_could_not_run_is_refused_when_it_is_made() -> None:
    wrong: Any = ["users"]
    with pytest.raises(WrongArgument, match="after takes seeders themselves, not 'users'"):
        seeder("users", key="email", after=wrong)

    async def rows(_: Seeded) -> Iterable[User]:
        return []

    asynchronous: Any = rows
    with pytest.raises(WrongArgument, match=r"seeder users gives rows .*: def, not async def"):
        seeder("users", key="email")(asynchronous)


def test_one_environment_may_be_said_without_a_list(db: Database) -> None:
    @seeder("users", key="email", environments="test")
    def some(_: Seeded) -> Iterable[User]:
        return UserFactory.build_batch(range(1, 4))

    assert seed(db, [some], environment="test")[0].inserted == 3


def test_environments_choose_seeders(db: Database) -> None:
    done = seed(db, ALL, environment="staging", dry_run=True)
    assert [one.seeder for one in done] == ["users", "campaigns", "campaign_members"]
    with pytest.raises(SeedingError, match="campaign_events is not for staging, but for develop"):
        seed(db, ALL, ["campaign_events"], environment="staging")


def test_production_is_refused_unless_it_is_meant(db: Database) -> None:
    with pytest.raises(WrongArgument, match="this is production"):
        seed(db, ALL[:1], environment="Production")
    db.run(sql("select set_config('sqlkit.environment', 'prod', false)", kind="exec"))
    with pytest.raises(WrongArgument, match=r"sqlkit\.environment.*nothing was touched"):
        seed(db, ALL[:1], environment="development")
    assert db.run(sql("select count(*) from users", kind="one")) == 0
    assert seed(db, [people(1)], production=True)[0].inserted == 1


def test_then_is_called_only_if_something_was_written(db: Database) -> None:
    calls: list[int] = []

    def note(tx: Connection) -> None:
        calls.append(tx.run(sql("select count(*) from users", kind="one")))

    @seeder("users", key="email", then=note)
    def some(_: Seeded) -> Iterable[User]:
        return UserFactory.build_batch(range(1, 4))

    seed(db, [some])
    seed(db, [some])
    assert calls == [3]


def test_progress_is_told_in_parts(db: Database) -> None:
    told: list[tuple[str, int, int]] = []

    def hear(name: str, rows: int, all_rows: int) -> None:
        told.append((name, rows, all_rows))

    seed(db, [people(2500)], told=hear)
    assert told == [
        ("people", 0, 2500),
        ("people", 1000, 2500),
        ("people", 2000, 2500),
        ("people", 2500, 2500),
    ]


def test_another_root_seed_gives_other_people(db: Database) -> None:
    seed(db, [people(20)])
    assert seed(db, [people(20)])[0].left == 20
    assert seed(db, [people(20)], root=1)[0].changed > 10


@pytest.mark.sqlkit_commit
def test_two_at_once_sow_once(database_url: str) -> None:
    start = threading.Barrier(4)

    def run(_: int) -> list[Done]:
        with Database(database_url) as db:
            start.wait()
            return seed(db, ALL[:3])

    with ThreadPoolExecutor(4) as threads:
        runs = list(threads.map(run, range(4)))
    assert sorted(sum(one.inserted for one in done) for done in runs) == [0, 0, 0, 156]
    with Database(database_url) as db:
        assert db.run(sql("select count(*) from campaign_members", kind="one")) == 72


@pytest.mark.sqlkit_commit
def test_nothing_is_sown_while_migrations_are_applied(database_url: str) -> None:
    with (
        psycopg.connect(database_url, autocommit=True) as other,
        locked(other, LEDGER, 1.0, print),
        Database(database_url) as db,
        pytest.raises(MigrationLocked, match="another process migrates or seeds"),
    ):
        seed(db, ALL[:1], wait=0.1)
