"""Seeders on an async connection: the same decisions, waited for by asyncio."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg
import pytest

from sql import seeds
from sql.factories import CampaignFactory, UserFactory
from sqlkit import AsyncDatabase, WrongArgument, sql
from sqlkit.errors import MigrationLocked, SeederFailed
from sqlkit.migrations.lock import locked
from sqlkit.seeding import Done, Seeded, fill_async, seed_async, seeder
from sqlkit.seeding.seed import LEDGER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sql.users import User
    from sqlkit import AsyncConnection, Connection

THREE = (seeds.users, seeds.campaigns, seeds.members)


async def count(db: AsyncConnection, table: str) -> int:
    return int(await db.run(sql(f"select count(*) from {table}", kind="one")))


async def test_an_async_database_is_seeded_and_a_second_run_writes_nothing(
    async_db: AsyncDatabase,
) -> None:
    assert await seed_async(async_db, THREE) == [
        Done("users", "users", 60, 0, 0),
        Done("campaigns", "campaigns", 24, 0, 0),
        Done("campaign_members", "campaign_members", 72, 0, 0),
    ]
    versions = sql("select xmin::text, ctid::text from campaigns order by id")
    before = await async_db.run(versions)
    again = await seed_async(async_db, THREE)
    assert [(one.inserted, one.changed, one.left) for one in again] == [
        (0, 0, 60),
        (0, 0, 24),
        (0, 0, 72),
    ]
    assert await async_db.run(versions) == before


async def test_a_dry_run_does_nothing_and_tells_of_its_progress(async_db: AsyncDatabase) -> None:
    told: list[Any] = []

    def hear(*progress: Any) -> None:
        told.append(progress)

    done = await seed_async(async_db, THREE, ["users"], dry_run=True, told=hear)
    assert done == [Done("users", "users", 60, 0, 0)]
    assert told == [("users", 0, 60), ("users", 60, 60)]
    assert await count(async_db, "users") == 0


async def test_a_failing_row_leaves_nothing_and_is_named(async_db: AsyncDatabase) -> None:
    @seeder("campaigns", key="created_at", name="broke", after=(seeds.users,))
    def broke(seeded: Seeded) -> Iterable[Any]:
        rows = CampaignFactory.build_batch(range(1, 20), owner_id=seeded[seeds.users][0].id)
        return [*rows[:6], msgspec.structs.replace(rows[6], budget=Decimal(-4)), *rows[7:]]

    with pytest.raises(
        SeederFailed, match=r'seeder broke, row 7 .*"campaigns_budget_check"'
    ) as one:
        await seed_async(async_db, [broke])
    assert (one.value.row, one.value.sqlstate) == (7, "23514")
    assert await count(async_db, "users") == 0


async def test_then_async_is_called_and_then_alone_is_an_error(async_db: AsyncDatabase) -> None:
    calls: list[int] = []

    async def note(tx: AsyncConnection) -> None:
        calls.append(await count(tx, "users"))

    def plain(_: Connection) -> None:
        calls.append(-1)

    def rows(_: Seeded) -> Iterable[User]:
        return UserFactory.build_batch(range(1, 4))

    both = seeder("users", key="email", then=plain, then_async=note)(rows)
    await seed_async(async_db, [both])
    await seed_async(async_db, [both])
    assert calls == [3]
    await async_db.run(sql("delete from users", kind="exec"))
    with pytest.raises(WrongArgument, match="seeder users has then, but not then_async, which"):
        await seed_async(async_db, [seeder("users", key="email", then=plain)(rows)])
    assert await count(async_db, "users") == 0


@pytest.mark.sqlkit_commit
async def test_many_at_once_sow_once(database_url: str) -> None:
    async def run() -> list[Done]:
        async with AsyncDatabase(database_url) as db:
            return await seed_async(db, THREE)

    runs = await asyncio.gather(*(run() for _ in range(4)))
    assert sorted(sum(one.inserted for one in done) for done in runs) == [0, 0, 0, 156]


@pytest.mark.sqlkit_commit
async def test_nothing_is_sown_while_migrations_are_applied(database_url: str) -> None:
    with (
        psycopg.connect(database_url, autocommit=True) as other,
        locked(other, LEDGER, 1.0, print),
        pytest.raises(MigrationLocked, match="another process migrates or seeds"),
    ):
        async with AsyncDatabase(database_url) as db:
            await seed_async(db, THREE, wait=0.1)


@pytest.mark.sqlkit_commit
async def test_a_run_that_is_cancelled_leaves_nothing_and_frees_the_lock(database_url: str) -> None:
    begun = asyncio.Event()

    async def stay(_: AsyncConnection) -> None:
        begun.set()
        await asyncio.sleep(60)

    @seeder("users", key="email", then_async=stay)
    def some(_: Seeded) -> Iterable[User]:
        return UserFactory.build_batch(range(1, 4))

    async with AsyncDatabase(database_url) as db:
        task = asyncio.create_task(seed_async(db, [some]))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await count(db, "users") == 0
        assert (await seed_async(db, THREE[:1], wait=5.0))[0].inserted == 60


async def test_an_async_fill_tells_of_each_tables_rows(async_db: AsyncDatabase) -> None:
    told: list[Any] = []

    def hear(*progress: Any) -> None:
        told.append(progress)

    await fill_async(async_db, {"users": 12_000}, told=hear)
    assert told == [("users", rows, 12_000) for rows in (0, 5_000, 10_000, 12_000)]
