"""Whether rows are read in binary or as text."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Format

from sqlkit import AsyncDatabase, sql
from sqlkit.database.types.formats import DATES, FLOATS, faster

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = "select 12.5 as amount, date '2024-05-06' as day, 'a'::text as name"
ROWS = sql(TEXT, kind="one")


@pytest.mark.parametrize(
    "types",
    [
        ["int8", "numeric", "text"],
        ["jsonb"],
        ["date", "bool"],
        ["numeric", "_text"],
        ["float8", "jsonb"],
    ],
)
def test_what_is_read_faster_from_text_comes_as_text(types: list[str]) -> None:
    assert faster(types, ()) == Format.TEXT


@pytest.mark.parametrize(
    "types",
    [
        ["int8", "text"],
        ["timestamptz"],
        ["_text", "date"],
        ["bool"],
        ["uuid", "int4"],
        ["float8", "date"],
    ],
)
def test_all_else_comes_in_binary(types: list[str]) -> None:
    assert faster(types, ()) == Format.BINARY


@pytest.mark.parametrize("type_", ["float4", "interval", "bytea", "int4range", "mood"])
def test_one_column_whose_text_is_dear_or_unsure_makes_all_of_them_binary(type_: str) -> None:
    assert faster(["numeric", "jsonb", type_], ()) == Format.BINARY


def test_dates_come_in_binary_while_the_session_writes_them_in_another_style() -> None:
    assert faster(["numeric", "date"], DATES) == Format.BINARY
    assert faster(["numeric"], DATES) == Format.TEXT


def test_floats_come_in_binary_where_the_session_may_round_them() -> None:
    assert faster(["numeric", "float8"], FLOATS) == Format.BINARY
    assert faster(["numeric", "date"], FLOATS) == Format.TEXT


async def test_a_style_set_in_a_transaction_changes_no_date(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    async with make_both(database_url, max_size=1) as database:
        before = await database.run(ROWS)
        async with database.transaction() as tx:
            for style in ("german", "sql, dmy", "postgres"):
                await tx.run(sql(f"set local datestyle = '{style}'", kind="exec"))
                assert await tx.run(ROWS) == before
                assert await tx.run(sql(TEXT, kind="one")) == before
        assert await database.run(ROWS) == before
    assert before.amount == Decimal("12.5")
    assert before.day.isoformat() == "2024-05-06"


THIRD = sql("select 1.0::float8 / 3 as third, 12.5 as amount", kind="one")
ROUNDING = [
    "set local extra_float_digits = 0",
    "select set_config('Extra_Float_Digits', '-3', true)",
    "select set_config(name, '0', true) from pg_settings where name like 'extra\\_fl%'",
    "do $$ begin perform set_config('extra_float_digits', '0', true); end $$",
    "do $$ begin execute 'set local extra_float' || '_digits = 0'; end $$",
]


@pytest.mark.parametrize("text", ROUNDING)
@pytest.mark.parametrize("kind", ["exec", "script"])
async def test_no_float_is_rounded_where_a_statement_may_have_said_so(
    make_both: Callable[..., AsyncDatabase], database_url: str, text: str, kind: Any
) -> None:
    async with make_both(database_url, max_size=1) as database:
        assert await database.run(THIRD) == (1 / 3, Decimal("12.5"))
        async with database.transaction() as tx:
            await tx.run(sql(text, kind=kind))
            assert await tx.run(THIRD) == (1 / 3, Decimal("12.5"))
            assert await tx.batch([THIRD, THIRD]) == [(1 / 3, Decimal("12.5"))] * 2
        assert await database.run(THIRD) == (1 / 3, Decimal("12.5"))


@pytest.mark.parametrize("text", ["set extra_float_digits = 0", "discard all"])
async def test_no_float_is_rounded_in_a_session_that_was_changed(
    make_both: Callable[..., AsyncDatabase], database_url: str, text: str
) -> None:
    name = conninfo_to_dict(database_url)["dbname"]
    async with make_both(database_url, max_size=1) as database:
        await database.run(sql(f"alter database {name} set extra_float_digits = 0", kind="exec"))
    async with make_both(database_url, max_size=1) as database:
        for _ in range(2):
            async with database.connection() as held:
                assert await held.run(THIRD) == (1 / 3, Decimal("12.5"))
                await held.run(sql(text, kind="exec"))
                assert await held.run(THIRD) == (1 / 3, Decimal("12.5"))
                await held.psycopg.execute("set extra_float_digits = 0")
                assert await held.run(THIRD) == (1 / 3, Decimal("12.5"))
        assert await database.run(THIRD) == (1 / 3, Decimal("12.5"))


@pytest.mark.parametrize("text", ["reset all", "do $$ begin reset all; end $$"])
async def test_no_float_is_rounded_as_the_database_would(
    make_both: Callable[..., AsyncDatabase], database_url: str, text: str
) -> None:
    name = conninfo_to_dict(database_url)["dbname"]
    async with make_both(database_url, max_size=1) as database:
        await database.run(sql(f"alter database {name} set extra_float_digits = 0", kind="exec"))
    async with make_both(database_url, max_size=1) as database:
        for _ in range(2):
            assert await database.run(THIRD) == (1 / 3, Decimal("12.5"))
            await database.run(sql(text, kind="script"))


async def test_a_batch_that_sets_the_digits_of_floats_between_two_reads_is_done(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    other = [sql("select 1", kind="one")] * 200
    sets = sql("set local extra_float_digits = 0", kind="exec")
    async with make_both(database_url, max_size=1) as database:
        assert await database.run(THIRD) == (1 / 3, Decimal("12.5"))
        async with database.transaction() as tx:
            found: list[Any] = await tx.batch([*other, THIRD, sets, THIRD])
        assert found[200::2] == [(1 / 3, Decimal("12.5"))] * 2
