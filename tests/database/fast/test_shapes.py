"""Results and calls of every shape, and what the server says between them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import Query, Statement, WrongKind, sql
from sqlkit.statement import Line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sqlkit import AsyncDatabase

ONE = sql("select 1", kind="one")
WIDE = 1600  # PostgreSQL manual, appendix K: columns of a table; a result has 1,664
MOST_PARAMETERS = 65_535


@pytest.fixture
async def one(make_both: Callable[..., AsyncDatabase], url: str) -> AsyncIterator[AsyncDatabase]:
    async with make_both(url, max_size=1) as database:
        schema = await database.run(sql("show search_path", kind="one"))
        await database.run(sql(f"create schema {schema.split(',')[0]}", kind="exec"))
        yield database


async def by_every_way(db: AsyncDatabase, text: str) -> list[Any]:
    query = sql(text)
    found = [await db.run(query), *(await db.batch([query, query])), await db.run(query)]
    async with db.transaction() as tx:
        found.append(await tx.run(query))
    async with db.stream(query) as rows:
        found.append([row async for row in rows])
    async with db.stream(sql(text, kind="copy")) as rows:
        found.append([row async for row in rows])
    return found


async def test_no_rows_are_an_empty_list(one: AsyncDatabase) -> None:
    for found in await by_every_way(one, "select 1 as a, 'b' as b where false"):
        assert found == []
    assert await one.run(sql("select 1 where false", kind="maybe")) is None


async def test_rows_without_columns_are_counted(one: AsyncDatabase) -> None:
    assert await one.run(sql("select from generate_series(1, 3)", kind="affected")) == 3
    assert await one.run(sql("select", kind="exec")) is None
    with pytest.raises(WrongKind):
        await one.run(sql("select", kind="one"))
    assert await one.batch([sql("select", kind="exec"), ONE]) == [None, 1]
    assert await one.run(ONE) == 1


async def test_a_row_may_have_1600_columns(one: AsyncDatabase) -> None:
    text = "select " + ", ".join(f"{n} as c{n}" for n in range(WIDE))
    for found in await by_every_way(one, text):
        assert found == [tuple(range(WIDE))]
    for found in await by_every_way(one, text + ", 'a'::tsvector as t"):
        assert found == [(*range(WIDE), "'a'")]


async def test_two_columns_of_one_name_are_two_values(one: AsyncDatabase) -> None:
    for found in await by_every_way(one, "select 1 as a, 'x'::text as a, 2.5 as a"):
        assert [tuple(row) for row in found] == [(1, "x", 2.5)]


async def test_a_null_alone_is_a_row(one: AsyncDatabase) -> None:
    for found in await by_every_way(one, "select null::int as n from generate_series(1, 2)"):
        assert found == [None, None]


def adding(count: int) -> Statement[Any]:
    """The sum and number of so many parameters."""
    pieces: list[str | int] = ["select cardinality(a) as n, a[1] as first, a[array_length(a, 1)]"]
    pieces.append(" as last from (select array[")
    for n in range(count):
        pieces += [n, "::int, " if n < count - 1 else "::int"]
    pieces.append("]) as s (a)")
    query: Query[Any] = Query(
        name="add",
        kind="one",
        lines=(Line(*pieces),),
        parameters=tuple(f"p{n}" for n in range(count)),
    )
    return Statement(query, tuple(range(count)))


async def test_a_call_may_have_65535_parameters(one: AsyncDatabase) -> None:
    statement = adding(MOST_PARAMETERS)
    expected = (MOST_PARAMETERS, 0, MOST_PARAMETERS - 1)
    assert await one.run(statement) == expected
    assert await one.batch([statement, ONE]) == [expected, 1]


async def test_one_parameter_too_many_is_an_error_and_no_more(one: AsyncDatabase) -> None:
    with pytest.raises((psycopg.Error, ValueError)):
        await one.run(adding(MOST_PARAMETERS + 1))
    assert await one.run(ONE) == 1


@pytest.mark.parametrize("text", ["", "-- nothing", " ; "])
async def test_an_empty_statement_does_nothing(one: AsyncDatabase, text: str) -> None:
    query: Query[Any] = Query(name="nothing", kind="exec", lines=(Line(text),))
    statement = Statement(query)
    for _ in range(2):
        assert await one.run(statement) is None
        assert await one.batch([statement, ONE, statement]) == [None, 1, None]
        assert await one.run(ONE) == 1


TALK = """
create function talk(n int) returns int language plpgsql as $$
begin
    raise notice 'about %', n;
    raise warning 'about %', repeat('x', 10000);
    perform set_config('application_name', 'talk ' || n, false);
    perform pg_notify('talk', repeat('y', 7000));
    return n;
end $$
"""


async def test_notices_and_changed_parameters_are_no_answers(one: AsyncDatabase) -> None:
    await one.run(sql(TALK, kind="script"))
    call = "select talk(n) from generate_series(:first::int, :first + 20) as n"
    for first in (1, 100):
        expected = list(range(first, first + 21))
        assert await one.run(sql(call, first=first)) == expected
        assert await one.batch([sql(call, first=first), ONE]) == [expected, 1]
        async with one.stream(sql(call, first=first)) as rows:
            assert [row async for row in rows] == expected
        async with one.transaction() as tx:
            assert await tx.run(sql("select talk(:n)", kind="one", n=first)) == first
        assert await one.run(sql("select :n::int", kind="one", n=first)) == first


async def test_notifications_that_arrive_in_a_call_are_no_answers(
    one: AsyncDatabase, make_both: Callable[..., AsyncDatabase], module_url: str
) -> None:
    notify = sql("select pg_notify('news', repeat('n', 100)) from generate_series(1, 50)", "exec")
    async with make_both(module_url, max_size=1) as other, one.connection() as held:
        heard: list[str] = []
        await held.psycopg.execute(b"listen news")

        def hear(notify: psycopg.Notify) -> None:
            heard.append(notify.channel)

        connection: Any = getattr(held.psycopg, "_connection", held.psycopg)
        connection.add_notify_handler(hear)
        for n in range(20):
            await other.run(notify)
            assert await held.run(sql("select :n::int", kind="one", n=n)) == n
            assert await held.batch([ONE, sql("select :n::int", kind="one", n=n)]) == [1, n]
        async with held.transaction() as tx:
            await other.run(notify)
            assert await tx.run(ONE) == 1
        await asyncio.sleep(0.05)
        assert await held.run(ONE) == 1
        assert set(heard) == {"news"}
    assert await one.run(ONE) == 1


async def test_an_error_between_rows_gives_none_of_them(one: AsyncDatabase) -> None:
    for count in (2, 500, 50_000):
        text = f"select 1 / ({count} - n) as x from generate_series(1, {count + 5}) as n"
        for _ in range(2):
            with pytest.raises(psycopg.errors.DivisionByZero):
                await one.run(sql(text))
            assert await one.run(ONE) == 1
        with pytest.raises(psycopg.errors.DivisionByZero):
            await one.batch([ONE, sql(text), ONE])
        with pytest.raises(psycopg.errors.DivisionByZero):
            async with one.stream(sql(text)) as rows:
                assert len([row async for row in rows]) < count
        with pytest.raises(psycopg.errors.DivisionByZero):
            await one.run(sql(text, kind="copy"))
        assert await one.run(sql("select :n::int", kind="one", n=count)) == count


async def test_void_is_none(one: AsyncDatabase) -> None:
    for found in await by_every_way(one, "select pg_sleep(0) from generate_series(1, 2)"):
        assert found == [None, None]
    assert await one.run(sql("select pg_sleep(0), 1 as n", kind="one")) == (None, 1)
