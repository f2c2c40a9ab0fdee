from __future__ import annotations

import asyncio
import threading
import time
from math import inf
from typing import Any

import pytest

import sqlkit
from sqlkit.errors import DeadlineExceeded
from sqlkit.policy.breaker import Breaker
from sqlkit.policy.call import Call
from sqlkit.policy.deadline import current, deadline
from sqlkit.policy.drive import drive
from sqlkit.policy.flow import Chain
from sqlkit.policy.timeout import Timeout
from sqlkit.statement import Query
from tests.patience import within


def limited(call: Call, *policies: Timeout) -> float:
    """The seconds that are left for a call inside the policies."""
    return drive(Chain(policies), call, lambda: call.deadline - time.monotonic())


def query(timeout: float | None) -> Query[Any]:
    return Query(name="things.wait", lines=(), timeout=timeout)


def test_a_call_may_take_so_many_seconds() -> None:
    assert limited(Call("f"), Timeout(5)) == pytest.approx(5, abs=0.5)


@pytest.mark.parametrize("own", [0.5, 300])
def test_a_query_s_own_timeout_counts_more(own: float) -> None:
    assert limited(Call("f", query(own)), Timeout(5)) == pytest.approx(own, abs=0.4)
    assert limited(Call("f", query(None)), Timeout(5)) == pytest.approx(5, abs=0.5)


def test_a_nearer_deadline_stays() -> None:
    call = Call("f")
    call.deadline = time.monotonic() + 1
    assert limited(call, Timeout(5)) == pytest.approx(1, abs=0.5)
    assert limited(Call("f"), Timeout(1), Timeout(5)) == pytest.approx(1, abs=0.5)


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_no_time_at_all_is_a_mistake(seconds: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Timeout(seconds)


def test_no_limit_can_be_said() -> None:
    assert limited(Call("f"), Timeout(inf)) == inf


async def test_a_coroutine_function_is_ended_where_it_waits() -> None:
    @Timeout(0.05)
    async def sleep() -> None:
        await asyncio.sleep(30)

    said = pytest.raises(DeadlineExceeded, match="sleep: not done when its deadline passed")
    with within(2), said:
        await sleep()


async def test_an_own_timeout_error_is_not_taken_for_the_deadline() -> None:
    @Timeout(30)
    async def fail() -> None:
        async with asyncio.timeout(0):
            await asyncio.sleep(1)

    with pytest.raises(TimeoutError) as caught:
        await fail()
    assert not isinstance(caught.value, DeadlineExceeded)


def test_what_a_plain_function_calls_shares_its_time() -> None:
    @Timeout(5)
    def remaining() -> float:
        return current() - time.monotonic()

    assert remaining() == pytest.approx(5, abs=0.5)
    with sqlkit.deadline(1):
        assert remaining() == pytest.approx(1, abs=0.5)
    assert current() == inf


def test_a_nested_deadline_never_extends_the_one_around_it() -> None:
    with sqlkit.deadline(1):
        outer = current()
        with sqlkit.deadline(60):
            assert current() == outer
        with sqlkit.deadline(0.5):
            assert current() < outer
        assert current() == outer


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_a_deadline_is_a_number_of_seconds(seconds: float) -> None:
    with pytest.raises(ValueError, match="a number of seconds"), sqlkit.deadline(seconds):
        pass


async def test_a_task_inherits_the_deadline_of_the_block_that_started_it() -> None:
    async def seen() -> float:
        return current()

    with sqlkit.deadline(60):
        inside = current()
        task = asyncio.create_task(seen())
    assert await task == inside
    assert await asyncio.create_task(seen()) == inf


def test_a_thread_does_not() -> None:
    seen: list[float] = []
    with sqlkit.deadline(60):
        thread = threading.Thread(target=lambda: seen.append(current()))
        thread.start()
        thread.join()
    assert seen == [inf]


def test_a_call_whose_deadline_has_passed_reaches_no_policy_inside() -> None:
    breaker = Breaker(minimum_calls=1)

    @Timeout(1.0)
    @breaker
    def never() -> None:
        pytest.fail("it was called")

    with pytest.raises(DeadlineExceeded, match="never: its deadline had passed"), deadline(0):
        never()
    assert breaker.statistics().calls == 0
