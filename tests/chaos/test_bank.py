"""Transfers for ten seconds at each level of isolation, in threads and in tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.conninfo import make_conninfo

from tests.faults import bank

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit import AsyncDatabase
    from sqlkit.database.begin import Isolation
    from tests.database.pool.servers import Machine


@pytest.mark.parametrize("deadlock_timeout", ["20ms", "1s"])
@pytest.mark.parametrize("isolation", bank.LEVELS)
async def test_no_money_is_lost_and_nobody_gives_up(
    make_both: Callable[..., AsyncDatabase],
    own: Machine,
    isolation: Isolation,
    deadlock_timeout: str,
    tell: Callable[[str], None],
) -> None:
    url = make_conninfo(own.url, options=f"-c deadlock_timeout={deadlock_timeout}")
    async with make_both(url) as db:
        made = await bank.business(db, own.url, isolation, seconds=10)
    tell(f"{made}, deadlocks found after {deadlock_timeout}")
