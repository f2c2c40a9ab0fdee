"""What was prepared before the schema changed: nobody notices outside transactions."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import Statement, WrongArgument, sql
from sqlkit.database.wire import prepare

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sqlkit import AsyncDatabase

ALL = sql("select * from t")
BY_ID = "select name from t where id = :id"


@pytest.fixture
async def one(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> AsyncIterator[AsyncDatabase]:
    async with make_both(database_url, max_size=1) as database:
        await database.run(sql("create table t (id int, name text)", kind="exec"))
        await database.run(sql("insert into t values (1, 'a')", kind="exec"))
        yield database


async def change(db: AsyncDatabase, text: str) -> None:
    await db.run(sql(text, kind="script"))


async def _run(db: AsyncDatabase, statement: Statement[Any]) -> Any:
    return await db.run(statement)


async def _batch(db: AsyncDatabase, statement: Statement[Any]) -> Any:
    (rows,) = await db.batch([statement])
    return rows


async def _batch_in_transaction(db: AsyncDatabase, statement: Statement[Any]) -> Any:
    async with db.transaction() as tx:
        (rows,) = await tx.batch([statement])
        return rows


async def _stream(db: AsyncDatabase, statement: Statement[Any]) -> Any:
    async with db.stream(statement) as rows:
        return [row async for row in rows]


async def _copy(db: AsyncDatabase, statement: Statement[Any]) -> Any:
    return await db.run(sql(statement.variant().sql, kind="copy"))


CALLS = [_run, _batch, _batch_in_transaction, _stream, _copy]


@pytest.mark.parametrize("call", CALLS)
async def test_a_change_of_the_columns_is_not_noticed(
    one: AsyncDatabase, call: Callable[..., Any]
) -> None:
    assert await call(one, ALL) == [(1, "a")]
    await change(one, "alter table t add column extra jsonb default '[1]'")
    assert await call(one, ALL) == [(1, "a", [1])]
    await change(one, "alter table t alter id type text, drop column extra")
    assert await call(one, ALL) == [("1", "a")]
    await change(one, "alter table t rename id to number")
    assert (await call(one, ALL))[0].number == "1"


@pytest.mark.parametrize("call", CALLS)
async def test_deallocate_all_is_not_noticed(one: AsyncDatabase, call: Callable[..., Any]) -> None:
    assert await call(one, ALL) == [(1, "a")]
    await change(one, "deallocate all")
    assert await call(one, ALL) == [(1, "a")]


async def test_a_change_of_a_parameter_s_type_is_not_noticed(one: AsyncDatabase) -> None:
    assert await one.run(sql(BY_ID, id=1)) == ["a"]
    await change(one, "alter table t alter id type text")
    assert await one.run(sql(BY_ID, id="1")) == ["a"]
    await change(one, "alter table t alter id type jsonb using to_jsonb(id)")
    assert await one.batch([sql(BY_ID, id="1")]) == [["a"]]
    with pytest.raises(WrongArgument):
        await one.run(sql(BY_ID, id=object()))


async def test_the_same_argument_fits_a_changed_type(one: AsyncDatabase) -> None:
    insert = sql("insert into t (id) values (:id)", kind="exec", id=5)
    await one.run(insert)
    await change(one, "alter table t alter id type jsonb using to_jsonb(id)")
    await one.run(insert)
    assert await one.run(sql("select id from t where name is null")) == [5, 5]


async def test_a_type_made_anew_is_not_noticed(one: AsyncDatabase) -> None:
    await change(one, "create type mood as enum ('sad'); alter table t add mood mood")
    query = sql("select mood, :mood::mood from t", mood="sad")
    assert await one.run(query) == [(None, "sad")]
    await change(one, "alter table t drop mood; drop type mood; create type mood as (n int)")
    await change(one, "alter table t add mood mood")
    assert await one.run(sql("select mood, :mood::mood from t", mood=(1,))) == [(None, (1,))]


async def test_a_write_is_done_once(one: AsyncDatabase) -> None:
    insert = sql("insert into t values (2, 'b') returning *")
    assert await one.run(insert) == [(2, "b")]
    await change(one, "alter table t add column extra int")
    assert await one.run(insert) == [(2, "b", None)]
    assert await one.run(sql("select count(*) from t where id = 2", kind="one")) == 2


async def test_inside_a_transaction_it_is_an_error_that_the_next_call_heals(
    one: AsyncDatabase,
) -> None:
    await one.run(ALL)
    with pytest.raises(psycopg.errors.FeatureNotSupported):
        async with one.transaction() as tx:
            await tx.run(sql("alter table t add column extra int", kind="exec"))
            await tx.run(ALL)
    assert await one.run(ALL) == [(1, "a")]


async def test_ever_new_texts_do_not_fill_the_server(
    one: AsyncDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "MOST_PREPARED", 20)
    numbers = itertools.count()

    async def prepared() -> int:
        await one.run(
            sql(f"select 'one more', {next(numbers)}")
        )  # an older libpq can't forget in a transaction
        count = sql("select count(*) from pg_prepared_statements", kind="one")
        found: int = await one.run(count)
        return found

    for n in range(50):
        assert await one.run(sql(f"select {n}", kind="one")) == n
    assert await prepared() <= 20
    # A batch never forgets what it is about to send.
    statements = [sql(f"select {n}", kind="one") for n in range(18)] * 2
    assert await one.batch(statements) == [*range(18), *range(18)]
    assert await prepared() <= 20
    # Nor what the batch has prepared already, in a part of it that can't be done again.
    for n in range(60, 80):
        await one.run(sql(f"select {n}", kind="one"))
    again = [sql(f"select {n}", kind="one") for n in range(60, 65)]
    fresh = [sql(f"select {n}", kind="one") for n in range(80, 90)]
    assert (await one.batch([*again * 41, *fresh]))[200:] == [*range(60, 65), *range(80, 90)]
    await change(one, "deallocate all")
    for n in range(100, 130):
        assert await one.run(sql(f"select {n}", kind="one")) == n
    async with one.transaction() as tx:
        for n in range(200, 230):
            assert await tx.run(sql(f"select {n}", kind="one")) == n
    assert await prepared() <= 20
