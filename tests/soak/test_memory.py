"""A million calls, and ten million rows, in the memory that the first of them took."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from sqlkit import AsyncDatabase, Database, sql
from tests.awaited import Awaited, at_once
from tests.database.fast import memory

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS, TRACED, ROWS = 1_000_000, 50_000, 10_000_000
MEGABYTE = 2**20


def test_a_million_calls_leave_nothing_behind(module_url: str, tell: Callable[[str], None]) -> None:
    with Database(module_url, max_size=2) as db:
        growth = at_once(memory.over_calls(cast("AsyncDatabase", Awaited(db)), CALLS, TRACED))
    tell(f"{growth}")
    assert growth.resident < MEGABYTE
    assert growth.traced < MEGABYTE // 8


async def test_a_million_awaited_calls_leave_nothing_behind(
    module_url: str, tell: Callable[[str], None]
) -> None:
    async with AsyncDatabase(module_url, max_size=2) as db:
        growth = await memory.over_calls(db, CALLS, TRACED)
    tell(f"{growth}")
    assert growth.resident < MEGABYTE
    assert growth.traced < MEGABYTE // 8


@pytest.mark.parametrize("way", memory.STREAMS)
def test_ten_million_rows_are_never_there_at_once(
    module_url: str, way: str, tell: Callable[[str], None]
) -> None:
    with Database(module_url, timeout=600) as db:
        db.run(sql("create unlogged table if not exists kept (t int)", kind="exec"))
        growth = at_once(memory.over_rows(cast("AsyncDatabase", Awaited(db)), way, ROWS))
        db.run(sql("drop table kept", kind="exec"))
    tell(f"{way}: {growth}")
    assert growth.resident < 2 * MEGABYTE
    assert growth.traced < 2 * MEGABYTE


async def test_ten_million_rows_are_never_there_at_once_for_a_task(
    module_url: str, tell: Callable[[str], None]
) -> None:
    async with AsyncDatabase(module_url, timeout=600) as db:
        growth = await memory.over_rows(db, "cursor", ROWS)
    tell(f"{growth}")
    assert growth.resident < 2 * MEGABYTE
    assert growth.traced < 2 * MEGABYTE
