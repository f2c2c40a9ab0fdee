"""Whether rows are read in binary or as text."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from psycopg.pq import Format

from sqlkit import AsyncDatabase, sql
from sqlkit.database.types.formats import faster

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = "select 12.5 as amount, date '2024-05-06' as day, 'a'::text as name"
ROWS = sql(TEXT, kind="one")


@pytest.mark.parametrize(
    "types", [["int8", "numeric", "text"], ["jsonb"], ["date", "bool"], ["numeric", "_text"]]
)
def test_what_is_read_faster_from_text_comes_as_text(types: list[str]) -> None:
    assert faster(types, iso=True) == Format.TEXT


@pytest.mark.parametrize(
    "types", [["int8", "text"], ["timestamptz"], ["_text", "date"], ["bool"], ["uuid", "int4"]]
)
def test_all_else_comes_in_binary(types: list[str]) -> None:
    assert faster(types, iso=True) == Format.BINARY


@pytest.mark.parametrize("type_", ["float8", "float4", "interval", "bytea", "int4range", "mood"])
def test_one_column_whose_text_is_dear_or_unsure_makes_all_of_them_binary(type_: str) -> None:
    assert faster(["numeric", "jsonb", type_], iso=True) == Format.BINARY


def test_dates_come_in_binary_while_the_session_writes_them_in_another_style() -> None:
    assert faster(["numeric", "date"], iso=False) == Format.BINARY
    assert faster(["numeric"], iso=False) == Format.TEXT


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
