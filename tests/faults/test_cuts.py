"""The connection breaks at any byte of the protocol: what is told of each call is what was done."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from sqlkit.policy.retry import Retry
from sqlkit.policy.timeout import Timeout
from tests.faults import calls
from tests.faults.proxy import random_cuts

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.conftest import Open, Session
    from tests.faults.proxy import Proxy

# A connection lives for some ten or twenty calls: a transaction has more bytes than a statement.
TRANSACTIONS = 12000
STATEMENTS = 2500
# By default the fifth failure of a call is the last, and here they aren't so rare.
POLICIES = [Timeout(20), Retry(attempts=100, each_second=1000)]


def cut(proxy: Proxy, seed: int, most: int) -> None:
    proxy.next_cut = random_cuts(random.Random(seed), most)


@pytest.mark.parametrize("call", [calls.in_transact, calls.in_transaction, calls.in_batch])
async def test_a_transaction_is_done_once_and_told_so_or_not_at_all(
    make_both: Open, url: str, direct: Session, proxy: Proxy, seed: int, call: Callable[..., Any]
) -> None:
    cut(proxy, seed, TRANSACTIONS)
    async with make_both(url, max_size=1, policies=POLICIES) as db:
        told = await calls.make(db, 300, call)
    print(told, f"{proxy.cuts} cuts")  # noqa: T201
    calls.assert_told_truly(direct, told)
    assert not told.unknown
    assert proxy.cuts > 5


async def test_a_write_of_unknown_fate_is_told_as_such_and_never_repeated(
    make_both: Open, url: str, direct: Session, proxy: Proxy, seed: int
) -> None:
    cut(proxy, seed, STATEMENTS)
    async with make_both(url, max_size=1, policies=POLICIES) as db:
        told = await calls.make(db, 300, calls.alone)
    print(told, f"{proxy.cuts} cuts")  # noqa: T201
    calls.assert_told_truly(direct, told)
    assert not told.failed
    assert proxy.cuts > 5


@pytest.mark.parametrize("call", [calls.marked, calls.read])
async def test_what_may_run_twice_never_fails(
    make_both: Open, url: str, proxy: Proxy, seed: int, call: Callable[..., Any]
) -> None:
    cut(proxy, seed, STATEMENTS)
    async with make_both(url, max_size=1, policies=POLICIES) as db:
        told = await calls.make(db, 300, call)
    print(told, f"{proxy.cuts} cuts")  # noqa: T201
    assert not told.unknown
    assert not told.failed
    assert proxy.cuts > 5
