"""A composite changed under its oid, of which the server tells nothing to what is prepared."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

from sqlkit import Statement, UnreadableValue, sql
from tests.database.ways import by_copy, by_run, by_stream, in_a_transaction

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sqlkit import AsyncDatabase

SIZES = "select size from sizes"


@pytest.fixture
async def one(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> AsyncIterator[AsyncDatabase]:
    async with make_both(database_url, max_size=1) as database:
        await change(database, "create type size as (width int, height int)")
        await change(database, "create table sizes (size size)")
        await change(database, "insert into sizes values (row(1, 2))")
        yield database


async def change(db: Any, text: str) -> None:
    await db.run(sql(text, kind="script"))


async def alter(db: Any, how: str, row: str) -> None:
    """PostgreSQL lets no column use a type of which a field's type is altered."""
    await change(db, f"drop table sizes; alter type size {how}; create table sizes (size size)")
    await change(db, f"insert into sizes values ({row})")


async def by_batch(db: AsyncDatabase, text: str) -> Any:
    first, second = await db.batch([sql(text)] * 2)
    assert first == second
    return first


WAYS = [by_run, in_a_transaction, by_batch, by_stream, by_copy]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", [SIZES, "select array[size, null] from sizes"])
async def test_a_change_of_its_fields_is_not_noticed(
    one: AsyncDatabase, way: Callable[..., Any], text: str
) -> None:
    async def sizes() -> list[Any]:
        rows = await way(one, text)
        return [row[0] if isinstance(row, list) else row for row in rows]

    assert [await sizes(), await sizes()] == [[(1, 2)]] * 2
    await alter(one, "alter attribute width type real", "row(1.5, 2)")
    assert [await sizes(), await sizes()] == [[(1.5, 2)]] * 2
    await change(one, "alter type size add attribute depth text")
    await change(one, "update sizes set size.depth = 'deep'")
    assert [await sizes(), await sizes()] == [[(1.5, 2, "deep")]] * 2
    await change(one, "alter type size drop attribute width")
    assert [await sizes(), await sizes()] == [[(2, "deep")]] * 2


async def test_a_column_more_in_a_table_s_row_is_not_noticed(one: AsyncDatabase) -> None:
    rows = sql("select sizes from sizes")
    assert await one.run(rows) == [((1, 2),)]
    await change(one, "alter table sizes add number int default 7")
    assert await one.run(rows) == [((1, 2), 7)]


async def test_an_argument_of_a_changed_type_is_taken(one: AsyncDatabase) -> None:
    def written(value: Any) -> Statement[Any]:
        return sql("select (:size::size)::text", kind="one", size=value)

    assert await one.run(written((1, 2))) == "(1,2)"
    await alter(one, "alter attribute width type real", "row(1.5, 2)")
    assert await one.run(written((1.5, 2))) == "(1.5,2)"
    await change(one, "alter type size add attribute depth text")
    assert await one.run(written((1.5, 2, "deep"))) == "(1.5,2,deep)"
    await change(one, "drop table sizes; alter type size alter attribute height type bigint")
    assert await one.batch([written((1.5, 2, "deep"))]) == ["(1.5,2,deep)"]


async def test_a_write_that_gives_it_is_done_once(one: AsyncDatabase) -> None:
    insert = sql("insert into sizes select (null::size) returning sizes", kind="one")
    await one.run(insert)
    await change(one, "alter table sizes add number int default 7")
    assert await one.run(insert) == (None, 7)
    assert await one.run(sql("select count(*) from sizes", kind="one")) == 3


async def test_what_came_in_a_form_that_can_t_be_read_is_an_error_once(one: AsyncDatabase) -> None:
    assert await by_run(one, SIZES) == [(1, 2)]
    await change(one, "alter type size add attribute place point")
    with pytest.raises(UnreadableValue, match="run it again"):
        await by_run(one, SIZES)
    assert await by_run(one, SIZES) == [(1, 2, None)]
    await change(one, "alter type size add attribute depth int")
    assert await by_run(one, SIZES) == [(1, 2, None, None)]


async def test_a_composite_that_is_called_as_another_type_is_none_of_it(one: AsyncDatabase) -> None:
    await change(one, "create type date as (a real); create type numeric as (a real)")
    for name in ("date", "numeric"):
        single = await one.run(sql(f"select row(1.1)::public.{name}", kind="one"))
        assert single == (1.100000023841858,)


async def test_a_value_that_python_can_t_hold_is_the_same_error_as_ever(one: AsyncDatabase) -> None:
    await change(one, "create type day as (day date)")
    for _ in range(2):
        with pytest.raises(UnreadableValue, match="column row, row 1"):
            await one.run(sql("select row('infinity')::day", kind="one"))


async def test_a_changed_composite_is_read_behind_a_pooler(
    make_both: Callable[..., AsyncDatabase], one: AsyncDatabase, database_url: str
) -> None:
    async with make_both(database_url, pooler="transaction") as pooled:
        assert await by_run(pooled, SIZES) == [(1, 2)]
        await alter(one, "alter attribute width type real", "row(1.5, 2)")
        assert await by_run(pooled, SIZES) == [(1.5, 2)]


async def test_reading_it_again_and_again_makes_no_more_classes(one: AsyncDatabase) -> None:
    await by_stream(one, SIZES)
    before = _classes()
    for _ in range(20):
        assert await by_stream(one, SIZES) == [(1, 2)]
    assert _classes() == before


def _classes() -> int:
    """How many classes were made for types. A module imported meanwhile makes others."""
    gc.collect()
    found = [one for one in gc.get_objects() if isinstance(one, type)]
    makers = ("sqlkit.database.types.", "psycopg.types.")
    return sum(str(one.__module__).startswith(makers) for one in found)
