"""What the types say of calls. Only type-checked, never run: test_typing.py has mypy read it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, assert_type

import psycopg

from sql import campaigns, events, seeds, users
from sql.factories import CampaignFactory, UserFactory
from sqlkit import (
    AsyncConnection,
    AsyncDatabase,
    AsyncTransaction,
    Connection,
    Database,
    Row,
    Statement,
    Transaction,
    load,
    sql,
)
from sqlkit.seeding import Done, Seeded, Seeder, seed, seed_async, seeder


class Pair(Row):
    a: int
    b: str | None


def rows_are_typed_and_ordered() -> None:
    pair = Pair(1, None)
    assert_type(pair.b, str | None)
    Pair(a=1, b="x")


def a_statement_s_type_is_what_running_it_gives(db: Database) -> None:
    assert_type(users.get_user(id=1), Statement[users.User])
    assert_type(db.run(users.get_user(id=1)), users.User)
    assert_type(db.run(users.find_user(email="a")), users.User | None)
    assert_type(db.run(users.list_users(max_rows=1)), list[users.User])
    assert_type(db.run(users.delete_user(id=1)), int)
    assert_type(db.run(users.count_users()), int)
    assert_type(db.run(users.delete_everything()), None)
    assert_type(db.run(events.import_events(())), int)


def what_is_written_in_place_is_untyped(db: Database) -> None:
    assert_type(db.run(sql("select 1", kind="one")), Any)
    assert_type(db.run(load("sql").users.get_user(id=1)), Any)


def streams_give_the_rows_of_a_list(db: Connection) -> None:
    with db.stream(users.list_users(max_rows=1)) as rows:
        assert_type(rows, Iterator[users.User])
    with db.stream(users.export_users()) as exported:
        assert_type(exported, Iterator[users.ExportUsersRow])


def a_batch_is_of_one_type(db: Connection) -> None:
    assert_type(db.batch(users.get_user(id=n) for n in range(3)), list[users.User])


def whatever_runs_statements_is_a_connection(db: Database) -> None:
    def work(connection: Connection) -> int:
        return connection.run(users.count_users())

    work(db)
    with db.transaction(isolation="serializable", read_only=True, deferrable=True) as tx:
        assert_type(tx, Transaction)
        work(tx)
        with tx.transaction() as savepoint:
            work(savepoint)
    with db.connection() as held:
        assert_type(held.psycopg, psycopg.Connection[Any])
        work(held)
    assert_type(db.transact(lambda tx: work(tx)), int)
    with Database() as opened:
        assert_type(opened, Database)


async def the_async_side_is_the_same(db: AsyncDatabase) -> None:
    assert_type(await db.run(users.get_user(id=1)), users.User)
    assert_type(await db.batch(users.get_user(id=n) for n in range(3)), list[users.User])
    async with db.stream(users.list_users(max_rows=1)) as rows:
        assert_type(rows, AsyncIterator[users.User])

    async def work(connection: AsyncConnection) -> int:
        return await connection.run(users.count_users())

    await work(db)
    async with db.transaction() as tx:
        assert_type(tx, AsyncTransaction)
        await work(tx)
    async with db.connection() as held:
        await work(held)
    assert_type(await db.transact(work), int)
    async with AsyncDatabase() as opened:
        assert_type(opened, AsyncDatabase)


async def factories_give_rows(db: Database, both: AsyncDatabase) -> None:
    assert_type(UserFactory.build(email="ada@example.com", anonymous=True), users.User)
    assert_type(UserFactory.build_batch(2), list[users.User])
    assert_type(UserFactory.create(db, full_name=None), users.User)
    assert_type(UserFactory.create_batch(db, range(5)), list[users.User])
    assert_type(await UserFactory.create(both), users.User)
    owner = await UserFactory.create_batch(both, 2, billable=True)
    assert_type(owner, list[users.User])
    await CampaignFactory.create(both, owner_id=owner[0].id)


async def seeders_know_the_rows_of_others(db: Database, both: AsyncDatabase) -> None:
    def some(seeded: Seeded) -> list[campaigns.Campaign]:
        assert_type(seeded[seeds.users], list[users.User])
        return []

    made = seeder("campaigns", key="id", after=[seeds.users])(some)
    assert_type(made, Seeder[campaigns.Campaign])
    assert_type(seed(db, [made, seeds.users]), list[Done])
    assert_type(await seed_async(both, [made], dry_run=True), list[Done])
