"""Memory stays as it is over many calls and many rows, also if nobody asks for the metrics."""

from __future__ import annotations

from typing import cast

import pytest

from sqlkit import AsyncDatabase, Database, sql
from tests.awaited import Awaited, at_once
from tests.database.fast import memory

TRACED = 800
MEGABYTE = 2**20


def test_7000_calls_leave_nothing_behind(module_url: str) -> None:
    with Database(module_url, max_size=2) as db:
        growth = at_once(memory.over_calls(cast("AsyncDatabase", Awaited(db)), 7_000, TRACED))
    assert growth.resident < 3 * MEGABYTE // 8
    assert growth.traced < MEGABYTE // 16


async def test_2000_awaited_calls_leave_nothing_behind(module_url: str) -> None:
    async with AsyncDatabase(module_url, max_size=2) as db:
        growth = await memory.over_calls(db, 2_000, TRACED)
    assert growth.resident < 3 * MEGABYTE // 8
    assert growth.traced < MEGABYTE // 16


@pytest.mark.parametrize("way", memory.STREAMS)
def test_100000_rows_are_never_there_at_once(module_url: str, way: str) -> None:
    with Database(module_url) as db:
        db.run(sql("create table if not exists kept (t int)", kind="exec"))
        growth = at_once(memory.over_rows(cast("AsyncDatabase", Awaited(db)), way, 100_000))
    assert growth.resident < MEGABYTE
    assert growth.traced < MEGABYTE


async def test_100000_rows_are_never_there_at_once_for_a_task(module_url: str) -> None:
    async with AsyncDatabase(module_url) as db:
        growth = await memory.over_rows(db, "cursor", 100_000)
    assert growth.resident < MEGABYTE
    assert growth.traced < MEGABYTE
