"""Thousands of calls over connections that break after a few hundred bytes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit.policy.retry import Retry
from sqlkit.policy.timeout import Timeout
from tests.faults import calls
from tests.faults.proxy import Proxy, random_cuts

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit import AsyncDatabase
    from tests.database.pool.servers import Machine

# The budget of the default is for servers that are overloaded, and five failures in a row are
# nothing here.
OFTEN = Retry(attempts=100, base=0.001, cap=0.01, each_second=10_000)
MOST = 1500
CALLS = 500
ROUNDS = [
    (calls.in_transact, {"unknown", "failed"}),
    (calls.in_batch, {"unknown", "failed"}),
    (calls.in_transaction, {"unknown"}),
    (calls.alone, {"failed"}),
    (calls.marked, {"unknown", "failed"}),
    (calls.read, {"unknown", "failed"}),
]


@pytest.mark.parametrize(("call", "none"), ROUNDS)
async def test_what_is_told_of_each_call_is_what_was_done(
    make_both: Callable[..., AsyncDatabase],
    own: Machine,
    tell: Callable[[str], None],
    call: Callable[..., Any],
    none: set[str],
) -> None:
    seed = random.randrange(1_000_000)
    with (
        psycopg.connect(own.url, autocommit=True) as direct,
        Proxy("127.0.0.1", own.port) as proxy,
    ):
        direct.execute(calls.TABLES)
        proxy.next_cut = random_cuts(random.Random(seed), MOST)
        url = f"host=127.0.0.1 port={proxy.port} user=postgres sslmode=disable gssencmode=disable"
        async with make_both(url, max_size=1, policies=[Timeout(30), OFTEN]) as db:
            told = await calls.make(db, CALLS, call)
        tell(f"{call.__name__}: {told}, {proxy.cuts} cuts, seed {seed}")
        if call not in (calls.marked, calls.read):
            calls.assert_told_truly(direct, told)
    assert not told.unknown or "unknown" not in none
    assert not told.failed or "failed" not in none, next(iter(told.failed.values()))
