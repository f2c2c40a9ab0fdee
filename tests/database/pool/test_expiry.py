"""Connections that are replaced or closed in time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from sqlkit import AsyncDatabase, Database
from tests.database.pool.conftest import ONE, PID, pool_of
from tests.database.pool.test_restart import fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.pool.conftest import Records


async def test_a_connection_is_replaced_when_its_time_is_over(
    make_both: Callable[..., AsyncDatabase], database_url: str, logged: Records
) -> None:
    async with make_both(database_url, max_lifetime=0.8, policies=[]) as database:
        pid = await database.run(PID)
        assert await database.run(PID) == pid
        await asyncio.sleep(0.85)
        assert await database.run(PID) != pid  # at checkout: nobody had used it since
        statistics = database.pool_statistics()
    assert statistics["expired"] >= 1
    assert statistics["lost"] == 0
    assert {record["levelname"] for record in logged.of("connection_discarded")} == {"DEBUG"}


async def test_what_nobody_uses_is_closed_down_to_the_minimum(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    async with make_both(database_url, min_size=2, max_idle=1, policies=[]) as database:
        await fill(database, 5)
        assert database.pool_statistics()["size"] == 5
        for _ in range(500):
            await asyncio.sleep(0.02)
            if database.pool_statistics()["size"] == 2:
                break
        assert database.pool_statistics()["size"] == 2
        assert await database.run(ONE) == 1


async def test_what_is_used_stays(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    async with make_both(database_url, max_idle=1, policies=[]) as database:
        await fill(database, 3)
        for _ in range(30):
            await fill(database, 3)
            await asyncio.sleep(0.04)
        assert database.pool_statistics()["size"] == 3


def test_a_connection_that_was_dropped_takes_no_place(database_url: str) -> None:
    """As Ctrl-C may drop it between the pool and its use."""
    with Database(database_url, max_size=1, policies=[]) as database:
        with pytest.warns(ResourceWarning, match="deleted while still open"):
            pool_of(database).take()
        assert database.run(ONE) == 1


@pytest.mark.parametrize("sizes", [(2, 1), (-1, 3), (0, 0)])
def test_sizes_that_make_no_sense_are_refused(sizes: tuple[int, int]) -> None:
    for database in (Database, AsyncDatabase):
        with pytest.raises(ValueError, match="min_size"):
            database(min_size=sizes[0], max_size=sizes[1])
