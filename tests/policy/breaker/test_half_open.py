"""How it closes again: permits, leases, and results that come too late."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import psycopg
import pytest

from sqlkit.errors import CircuitOpen
from sqlkit.policy.breaker import Breaker
from sqlkit.policy.call import Call
from sqlkit.policy.drive import drive_async
from sqlkit.policy.flow import Chain
from tests.policy.breaker.clock import Begun, Clock, fail, lost, passes, state, succeed

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    breaker = Breaker(open_for=0.5, permits=3, lease=5, slow=2, clock=clock)
    fail(breaker, 20)
    clock.now += 0.5
    return breaker


def test_it_stays_open_until_its_time_is_over(breaker: Breaker, clock: Clock) -> None:
    clock.now -= 0.125
    assert not passes(breaker)
    clock.now += 0.125
    assert passes(breaker)
    assert state(breaker) == "half_open"


def test_no_more_calls_are_let_through_than_there_are_permits(breaker: Breaker) -> None:
    begun = [Begun(breaker) for _ in range(3)]
    assert not passes(breaker)
    begun[0].end()
    assert not passes(breaker), "a success is no permit for another call"
    assert breaker.statistics().probes == 2


def test_as_many_successes_close_it(breaker: Breaker) -> None:
    succeed(breaker, 2)
    assert state(breaker) == "half_open"
    succeed(breaker)
    assert state(breaker) == "closed"
    assert breaker.statistics().calls == 0


def test_one_failure_opens_it_again_for_as_long(breaker: Breaker, clock: Clock) -> None:
    succeed(breaker, 2)
    fail(breaker)
    assert state(breaker) == "open"
    clock.now += 0.25
    assert not passes(breaker)
    clock.now += 0.25
    assert passes(breaker)


def test_a_slow_try_is_a_failure(breaker: Breaker, clock: Clock) -> None:
    begun = Begun(breaker)
    clock.now += 2
    begun.end()
    assert state(breaker) == "open"


def test_a_refused_call_may_come_again_soon(breaker: Breaker, clock: Clock) -> None:
    for _ in range(3):
        Begun(breaker)
    with pytest.raises(CircuitOpen) as caught:
        Begun(breaker)
    assert caught.value.retry_after == 0.5
    clock.now += 4.75
    with pytest.raises(CircuitOpen) as caught:
        Begun(breaker)
    assert caught.value.retry_after == 0.25


@pytest.mark.parametrize(
    "make",
    [psycopg.errors.UniqueViolation, psycopg.errors.DeadlockDetected, ValueError, SystemExit],
)
def test_what_says_nothing_gives_its_permit_back(
    breaker: Breaker, make: Callable[[], BaseException]
) -> None:
    for _ in range(50):
        Begun(breaker).end(make())
    assert state(breaker) == "half_open"
    assert breaker.statistics().probes == 0
    succeed(breaker, 3)
    assert state(breaker) == "closed"


def test_excluded_errors_give_their_permit_back(clock: Clock) -> None:
    breaker = Breaker(excluded=(psycopg.OperationalError,), permits=1, clock=clock)
    fail(breaker, 20, ConnectionError())
    clock.now += 0.5
    fail(breaker, 50)
    assert state(breaker) == "half_open"
    assert passes(breaker)


async def test_a_cancelled_task_gives_its_permit_back(breaker: Breaker) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    tasks = [asyncio.create_task(drive_async(Chain([breaker]), Call("f"), never)) for _ in range(3)]
    await asyncio.sleep(0)
    assert breaker.statistics().probes == 3
    assert not passes(breaker)
    tasks[0].cancel()
    await asyncio.wait(tasks[:1])
    assert breaker.statistics().probes == 2
    assert passes(breaker)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert breaker.statistics().probes == 0
    assert state(breaker) == "half_open"


def test_a_call_of_which_nothing_is_heard_loses_its_permit(breaker: Breaker, clock: Clock) -> None:
    for _ in range(3):
        Begun(breaker)
    clock.now += 4.875
    assert not passes(breaker)
    clock.now += 0.125
    succeed(breaker, 3)
    assert state(breaker) == "closed"


def test_a_call_that_lost_its_permit_is_still_heard(breaker: Breaker, clock: Clock) -> None:
    breaker.slow = 60
    slow = [Begun(breaker) for _ in range(3)]
    clock.now += 5
    Begun(breaker)
    for begun in slow:
        begun.end()
    assert state(breaker) == "closed"


def test_a_late_success_doesn_t_close_what_opened_since(clock: Clock) -> None:
    breaker = Breaker(permits=1, clock=clock)
    early = [Begun(breaker) for _ in range(5)]
    fail(breaker, 20)
    early[0].end()
    assert state(breaker) == "open"
    clock.now += 0.5
    probe = Begun(breaker)
    early[1].end()
    assert state(breaker) == "half_open"
    probe.end()
    assert state(breaker) == "closed"


def test_a_late_failure_doesn_t_open_what_closed_since(clock: Clock) -> None:
    breaker = Breaker(permits=1, clock=clock)
    early = [Begun(breaker) for _ in range(50)]
    fail(breaker, 20)
    clock.now += 0.5
    Begun(breaker).end()
    for begun in early:
        begun.end(lost())
    assert state(breaker) == "closed"
    assert breaker.statistics().calls == 0


def test_a_late_try_of_an_earlier_half_open_period_changes_nothing(
    breaker: Breaker, clock: Clock
) -> None:
    first, second, third = (Begun(breaker) for _ in range(3))
    first.end(lost())
    clock.now += 0.5
    Begun(breaker)
    before = breaker.statistics()
    second.end()
    third.end(lost())
    assert breaker.statistics() == before
