"""What was prepared survives whatever happens to the connection, the session and the schema."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import AsyncDatabase, CommitUnknown, Statement, sql
from tests.database.pooler.conftest import through

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

PID = sql("select pg_backend_pid()", kind="one")
ALL = sql("select * from t order by 1")
VIEW = sql("select * from v")
BY_ID = "select name from t where id = :id"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MADE = """do $$ begin
    execute 'create schema ' || split_part(current_setting('search_path'), ',', 1);
end $$"""
FIRST = "create table t (id int, name text); insert into t values (1, 'a');"


@pytest.fixture
async def one(make_both: Callable[..., AsyncDatabase], url: str) -> AsyncIterator[AsyncDatabase]:
    """A database with one connection, and in it a table of the test's own."""
    async with make_both(url, max_size=1) as database:
        await change(database, MADE)
        await change(database, FIRST)
        yield database


async def change(db: AsyncDatabase, text: str) -> None:
    await db.run(sql(text, kind="script"))


async def _run(db: AsyncDatabase, statement: Statement[Any]) -> Any:
    return await db.run(statement)


async def _first_in_transaction(db: AsyncDatabase, statement: Statement[Any]) -> Any:
    """As everybody would write it: a call that fails inside is made again as a whole."""

    async def work(tx: Any) -> Any:
        return await tx.run(statement)

    with suppress(psycopg.errors.FeatureNotSupported, psycopg.errors.InvalidSqlStatementName):
        return await db.transact(work)
    return await db.transact(work)


async def _batch(db: AsyncDatabase, statement: Statement[Any]) -> Any:
    first, second = await db.batch([statement, statement])
    assert first == second
    return first


async def _stream(db: AsyncDatabase, statement: Statement[Any]) -> Any:
    async with db.stream(statement) as rows:
        return [row async for row in rows]


CALLS = [_run, _first_in_transaction, _batch, _stream]
CLEAR = "drop view if exists v; drop table if exists old, t"
CHANGES = [
    ("alter table t alter id type text", [("1", "a")]),
    ("alter table t alter id type jsonb using to_jsonb(id)", [(1, "a")]),
    ("alter table t alter id type timestamptz using 'epoch'", [(EPOCH, "a")]),
    ("alter table t drop name; alter table t add name int default 7", [(1, 7)]),
    ("alter table t drop name; alter table t add name text default 'b'", [(1, "b")]),
    ("alter table t drop id", ["a"]),
    ("alter table t rename to old; create table t as select name, id from old", [("a", 1)]),
    ("drop table t;" + FIRST, [(1, "a")]),
    ("drop table t; create table t as select 5 as id", [5]),
]


@pytest.mark.parametrize("call", CALLS)
async def test_a_prepared_select_gives_what_the_table_has_become(
    one: AsyncDatabase, call: Callable[..., Any]
) -> None:
    for text, expected in CHANGES:
        await change(one, f"{CLEAR}; {FIRST}")
        assert await call(one, ALL) == [(1, "a")]
        await change(one, text)
        for _ in range(2):
            assert await call(one, ALL) == expected, text


@pytest.mark.parametrize("call", CALLS)
async def test_a_replaced_view_gives_what_it_has_become(
    one: AsyncDatabase, call: Callable[..., Any]
) -> None:
    await change(one, "create view v as select * from t")
    assert await call(one, VIEW) == [(1, "a")]
    await change(one, "create or replace view v as select id, name, id + 1 as next from t")
    assert await call(one, VIEW) == [(1, "a", 2)]
    await change(one, "drop view v; create view v as select name from t")
    assert await call(one, VIEW) == ["a"]


@pytest.mark.parametrize("text", ["deallocate all", "discard all", "discard plans"])
async def test_statements_are_prepared_again_when_the_session_forgot_them(
    one: AsyncDatabase, text: str
) -> None:
    statements = [ALL, sql(BY_ID, id=1), sql("select :n::int", kind="one", n=1)]
    for _ in range(3):
        for statement in statements:
            assert await one.run(statement) in ([(1, "a")], ["a"], 1)
        async with one.connection() as held:
            await held.psycopg.execute(text.encode())
            assert [await held.run(s) for s in statements] == [[(1, "a")], ["a"], 1]
            await held.psycopg.execute(text.encode())
            assert await held.batch(statements) == [[(1, "a")], ["a"], 1]
            await held.psycopg.execute(text.encode())


async def test_deallocate_all_in_a_transaction_costs_that_and_no_more(one: AsyncDatabase) -> None:
    assert await one.run(ALL) == [(1, "a")]
    with pytest.raises(psycopg.errors.InvalidSqlStatementName):
        async with one.transaction() as tx:
            await tx.run(sql("deallocate all", kind="exec"))
            await tx.run(ALL)
    assert await one.run(ALL) == [(1, "a")]
    async with one.transaction() as tx:
        assert await tx.run(ALL) == [(1, "a")]


async def test_a_new_connection_has_everything_prepared_anew(one: AsyncDatabase) -> None:
    statements = [ALL, sql(BY_ID, id=1), *(sql(f"select {n}", kind="one") for n in range(20))]
    answers = [[(1, "a")], ["a"], *range(20)]
    assert [await one.run(s) for s in statements] == answers
    pid = await one.run(PID)
    for _ in range(2):
        with suppress(CommitUnknown):
            await one.run(sql("select pg_terminate_backend(pg_backend_pid())", kind="exec"))
        assert [await one.run(s) for s in statements] == answers
        assert await one.batch(statements) == answers
    assert await one.run(PID) != pid


async def test_a_parameter_takes_the_type_that_its_column_has_become(one: AsyncDatabase) -> None:
    assert await one.run(sql(BY_ID, id=1)) == ["a"]
    for type_, value in (("text", "1"), ("numeric", 1), ("bigint", 1), ("smallint", 1)):
        await change(one, f"alter table t alter id type {type_} using id::{type_}")
        assert await one.run(sql(BY_ID, id=value)) == ["a"]
        assert await one.run(sql(BY_ID, id=value)) == ["a"]
        assert await one.batch([sql(BY_ID, id=value)] * 3) == [["a"]] * 3


async def test_an_enum_that_grows_is_sent_and_read(one: AsyncDatabase) -> None:
    await change(one, "create type mood as enum ('sad'); alter table t add mood mood")
    query = "update t set mood = :mood returning mood"
    assert await one.run(sql(query, kind="one", mood="sad")) == "sad"
    await change(one, "alter type mood add value 'glad'")
    assert await one.run(sql(query, kind="one", mood="glad")) == "glad"
    assert await one.run(sql("select array[mood] from t", kind="one")) == ["glad"]


async def test_behind_pgbouncer_nothing_that_is_prepared_goes_astray(
    make_both: Callable[..., AsyncDatabase], database_url: str, pgbouncer: int
) -> None:
    url = through(pgbouncer, database_url)
    async with make_both(url, pooler="transaction", max_size=6) as db:
        await change(db, FIRST)
        for text, expected in CHANGES[3:6]:
            await change(db, f"{CLEAR}; {FIRST}")
            await asyncio.gather(*(_run(db, ALL) for _ in range(4)))
            await change(db, text)
            assert await asyncio.gather(*(_run(db, ALL) for _ in range(4))) == [expected] * 4
            for call in CALLS:
                assert await call(db, ALL) == expected
        async with db.transaction() as tx:
            await tx.run(sql("deallocate all", kind="exec"))
            assert await tx.run(sql("select :n::int", kind="one", n=7)) == 7
