"""Lanes that are lost, stale or closed: the calls on them have the ordinary way."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import DatabaseClosed, sql
from tests.database.pipeline.reads import (
    PID,
    answering,
    on_a_lane,
    piped,
    read,
    row,
    slow,
    warm,
)

if TYPE_CHECKING:
    from sqlkit import AsyncDatabase
    from tests.database.pool.servers import Machine


async def execute(db: AsyncDatabase, text: str) -> None:
    await db.run(sql(text, kind="script"))


async def reader(db: AsyncDatabase, ends: asyncio.Event) -> int:
    number = 0
    while not ends.is_set():
        number += 1
        n = number % 500 + 1
        assert await db.run(row(n)) == (n, f"row {n}")
    return number


async def test_a_lane_that_is_lost_is_not_noticed(db: AsyncDatabase) -> None:
    ends = asyncio.Event()
    readers = [asyncio.create_task(reader(db, ends)) for _ in range(32)]
    for _ in range(10):
        await asyncio.sleep(0.05)
        for pid in await answering(db):
            await db.run(sql("select pg_terminate_backend(:pid)", pid=pid))
    ends.set()
    assert min(await asyncio.gather(*readers)) > 0
    await asyncio.sleep(0.6)
    await warm(db, row(1))


async def test_calls_go_on_when_the_server_restarts(own: Machine) -> None:
    own.execute("create table t as select n, 'row ' || n as name from generate_series(1, 500) n")
    async with piped(own.url) as db:
        await warm(db, row(1))
        ends = asyncio.Event()
        readers = [asyncio.create_task(reader(db, ends)) for _ in range(16)]
        await asyncio.to_thread(own.restart)
        await asyncio.sleep(0.2)
        ends.set()
        assert min(await asyncio.gather(*readers)) > 0
        await asyncio.sleep(0.6)
        await warm(db, row(1))


async def test_a_standby_has_no_lanes_unless_only_reads_are_meant(own: Machine) -> None:
    own.stop()
    (own.cluster.data / "standby.signal").touch()
    own.start()
    async with piped(own.url) as db, piped(own.url, read_only=True) as reads:
        await warm(reads)
        assert not await answering(db)
    (own.cluster.data / "standby.signal").unlink()
    own.restart()


async def test_a_change_of_the_columns_is_not_noticed(db: AsyncDatabase) -> None:
    everything = read("select *, pg_backend_pid() as pid from t where n::text = '1'")
    await warm(db, everything)
    for change, expected in (
        ("alter table t add column extra jsonb default '[1]'", (1, "row 1", [1])),
        ("alter table t alter name type bytea using name::bytea", (1, b"row 1", [1])),
        ("alter table t drop column extra, alter n type text", ("1", b"row 1")),
    ):
        await execute(db, change)
        for _ in range(3):
            found = await asyncio.gather(*(db.run(everything) for _ in range(20)))
            assert all(row[:-1] == expected for row in found)
            await asyncio.sleep(0.02)
        assert (await on_a_lane(db, everything))[:-1] == expected


async def test_a_change_of_a_parameter_s_type_is_not_noticed(db: AsyncDatabase) -> None:
    text = "select pg_backend_pid() from t where n = :n"
    await warm(db, read(text, n=1))
    await execute(db, "alter table t alter n type text")
    for _ in range(3):
        await db.run(read(text, n="1"))
        await asyncio.sleep(0.02)
    await on_a_lane(db, read(text, n="1"))


async def test_a_table_that_is_gone_fails_as_ever_and_disturbs_nobody(db: AsyncDatabase) -> None:
    await execute(db, "create table gone as select 1 as n")
    statement = read("select n from gone")
    await warm(db, statement)
    await execute(db, "drop table gone")
    for _ in range(30):
        found = await asyncio.gather(db.run(statement), db.run(PID), return_exceptions=True)
        assert isinstance(found[0], psycopg.errors.UndefinedTable)
        assert isinstance(found[1], int)
    await execute(db, "create table gone as select 2 as n")
    assert await db.run(statement) == 2


# --- The end


async def test_close_ends_lanes_and_pool_and_open_begins_anew(db: AsyncDatabase) -> None:
    before = await answering(db)
    await db.close()
    with pytest.raises(DatabaseClosed):
        await db.run(row(1))
    await db.open()
    assert await db.run(row(1)) == (1, "row 1")
    await warm(db, row(1))
    assert not before & await answering(db)


async def test_calls_under_way_have_their_answers_when_it_is_closed(tables: str) -> None:
    async with piped(tables) as db:
        await warm(db, row(1))
        calls = [asyncio.create_task(db.run(row(n))) for n in range(1, 6)]
        for _ in range(2):  # until they are sent
            await asyncio.sleep(0)
        await db.close()
        assert await asyncio.gather(*calls) == [(n, f"row {n}") for n in range(1, 6)]


async def test_no_connection_is_left_open(tables: str) -> None:
    async with piped(tables) as db:
        await warm(db, slow(0))
        calls = [asyncio.create_task(db.run(slow(20))) for _ in range(5)]
        await asyncio.sleep(0.01)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
    await asyncio.sleep(0.5)
    with psycopg.connect(tables, autocommit=True) as conn:
        for _ in range(500):
            others = "select 1 from pg_stat_activity where datname = current_database()"
            if conn.execute(others + " and pid <> pg_backend_pid()").rowcount == 0:
                return
            await asyncio.sleep(0.01)
    raise AssertionError("a connection is left")


def test_each_event_loop_has_lanes_of_its_own(tables: str) -> None:
    db = piped(tables)

    async def use() -> set[int]:
        await warm(db, row(1))
        return await answering(db)

    first = asyncio.run(use())
    second = asyncio.run(use())
    assert not first & second
    asyncio.run(db.close())


# Python 3.12 and newer warn of threads, of which the one that watches the time is one.
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_leaves_its_parent_its_lanes(tables: str) -> None:
    db = piped(tables)
    with asyncio.Runner() as runner:
        runner.run(warm(db, row(1)))
        before = runner.run(answering(db))
        if (child := os.fork()) == 0:
            status = 1
            try:
                asyncio.run(in_child(db, before))
                status = 0
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        assert runner.run(answering(db)) == before
        runner.run(db.close())


async def in_child(db: Any, before: set[int]) -> None:
    await warm(db, row(1))
    assert not before & await answering(db)
    await db.close()
