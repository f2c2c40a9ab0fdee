"""What Python can't hold is said by query, column and row, and is never another value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sqlkit import UnreadableValue, sql
from tests.database.ways import by_copy, by_run, by_stream, in_a_transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit import AsyncDatabase
    from sqlkit.statement import Kind

VALUES = [
    "'infinity'::date",
    "'-infinity'::date",
    "'infinity'::timestamp",
    "'-infinity'::timestamp",
    "'infinity'::timestamptz",
    "'-infinity'::timestamptz",
    "'0044-03-15 BC'::date",
    "'0001-12-31 BC'::timestamp",
    "'0044-03-15 12:00+00 BC'::timestamptz",
    "'10000-01-01'::date",
    "'294276-12-31'::timestamp",
    "'10000-01-01 00:00+00'::timestamptz",
    "'24:00'::time",
]


async def by_batch(db: AsyncDatabase, text: str) -> Any:
    return await db.batch([sql("select 1"), sql(text), sql("select 2")])


WAYS = [by_run, by_batch, in_a_transaction, by_stream, by_copy]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("also", ["", ", 'a'::tsvector as vector"])
async def test_it_names_query_column_and_row(
    both: AsyncDatabase, way: Callable[..., Any], also: str
) -> None:
    for value in VALUES:
        text = f"select n, case when n = 3 then {value} end as late{also}"
        for _ in range(2):
            with pytest.raises(UnreadableValue, match=r"^sql: column late, row 3: "):
                await way(both, f"{text} from generate_series(1, 4) as n order by n")
            assert await both.run(sql("select :n::int", kind="one", n=7)) == 7


@pytest.mark.parametrize("also", ["", ", 'a'::tsvector as vector"])
async def test_it_is_found_inside_arrays_rows_and_ranges(both: AsyncDatabase, also: str) -> None:
    types = ["date", "timestamp", "timestamptz", "time"]
    for type_ in types:
        await both.run(sql(f"create type row_of_{type_} as (at {type_})", kind="exec"))
    for value in (VALUES[0], VALUES[4], VALUES[6], VALUES[-1]):
        type_ = value.partition("::")[2]
        row = f"row({value})::row_of_{type_}"
        for nested in (f"array[{value}]", f"array[null, {value}]", row, f"array[{row}]"):
            for way in (by_run, by_copy):
                with pytest.raises(UnreadableValue, match=r"^sql: column late, row 1: "):
                    await way(both, f"select 1 as n, {nested} as late{also}")
    for value in ("tstzrange('infinity', null)", "daterange('0044-03-15 BC', '2024-01-01')"):
        with pytest.raises(UnreadableValue, match=r"^sql: column late, row 1: "):
            await both.run(sql(f"select 1 as n, {value} as late{also}"))


async def test_one_row_that_can_not_be_read_is_row_1(both: AsyncDatabase) -> None:
    kinds: tuple[Kind, ...] = ("one", "maybe")
    for kind in kinds:
        with pytest.raises(UnreadableValue, match=r"^sql: column late, row 1: date too large"):
            await both.run(sql("select 'infinity'::date as late", kind))
    assert await both.run(sql("select 'infinity'::date as late", "exec")) is None


async def test_an_infinite_interval_is_unreadable_too(both: AsyncDatabase) -> None:
    if await both.run(sql("select current_setting('server_version_num')::int", "one")) < 170000:
        pytest.skip("intervals are finite before PostgreSQL 17")
    for value in ("'infinity'::interval", "'-infinity'::interval"):
        for also in ("", ", 'a'::tsvector as vector"):
            for way in WAYS:
                with pytest.raises(UnreadableValue, match=r"^sql: column late, row 1: "):
                    await way(both, f"select 1 as n, {value} as late{also}")


async def test_numbers_and_floats_that_python_holds_are_read(both: AsyncDatabase) -> None:
    text = "select 'Infinity'::float8 as a, '-Infinity'::float4 as b, 'Infinity'::numeric as c"
    for also in ("", ", 'a'::tsvector as vector"):
        row = await both.run(sql(text + also, kind="one"))
        assert [str(value) for value in row[:3]] == ["inf", "-inf", "Infinity"]
