"""No money is lost, and nobody gives up, whatever happens to sessions and transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.conninfo import make_conninfo

from tests.faults import bank

if TYPE_CHECKING:
    from sqlkit.database.begin import Isolation
    from tests.faults.conftest import Open


@pytest.mark.parametrize("isolation", bank.LEVELS)
async def test_transfers_between_ten_accounts_are_made_once_each(
    make_both: Open, database_url: str, isolation: Isolation
) -> None:
    quick_to_find_deadlocks = make_conninfo(database_url, options="-c deadlock_timeout=20ms")
    async with make_both(quick_to_find_deadlocks) as db:
        made = await bank.business(db, database_url, isolation, seconds=1)
    assert made.done
    assert made.ended
