"""Exact under threads and tasks, and in nobody's way."""

from __future__ import annotations

import asyncio
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

from sqlkit.errors import CircuitOpen
from sqlkit.policy.breaker import Breaker
from sqlkit.policy.call import Call
from sqlkit.policy.drive import drive, drive_async
from sqlkit.policy.flow import Chain
from tests.patience import within
from tests.policy.breaker.clock import Begun, Clock, fail, lost, state, succeed
from tests.policy.breaker.rounds import PERMITS, reached_in_each, switching_often

if TYPE_CHECKING:
    from types import FrameType


def test_of_fifty_threads_at_once_exactly_as_many_as_permits_get_through() -> None:
    # ``python -m tests.policy.breaker`` plays 1,000 rounds.
    assert reached_in_each(200) == [PERMITS] * 200


def test_calls_of_many_threads_are_all_counted() -> None:
    breaker = Breaker(failure_rate=1, clock=Clock())

    def play(number: int) -> None:
        for turn in range(1000):
            Begun(breaker).end(lost() if (number + turn) % 4 == 0 else None)

    with switching_often(), ThreadPoolExecutor(8) as threads:
        list(threads.map(play, range(8)))
    assert breaker.statistics()[:3] == ("closed", 8000, 2000)


def test_calls_are_all_counted_while_time_goes_by() -> None:
    class Going(Clock):
        """A hundredth of a second later each time it is read, so that eight buckets end."""

        def __call__(self) -> float:
            self.now += 0.01
            return self.now

    breaker = Breaker(failure_rate=1, minimum_calls=10_000, window=100, clock=Going())

    def play() -> None:
        for turn in range(1000):
            Begun(breaker).end(lost() if turn % 100 == 0 else None)

    with switching_often(), ThreadPoolExecutor(8) as threads:
        for played in [threads.submit(play) for _ in range(8)]:
            played.result()
    assert breaker.statistics()[:3] == ("closed", 8000, 80)


def test_many_threads_failing_at_once_open_it_once() -> None:
    clock, barrier = Clock(), Barrier(8)
    breaker = Breaker(clock=clock)

    def play(begun: Begun) -> None:
        barrier.wait(30)
        begun.end(lost())

    with switching_often(), ThreadPoolExecutor(8) as threads:
        for outage in range(1, 201):
            fail(breaker, breaker.minimum_calls - 1)
            list(threads.map(play, [Begun(breaker) for _ in range(8)]))
            assert state(breaker) == "open"
            assert breaker.statistics().opened == outage
            clock.now += breaker.open_for
            succeed(breaker, breaker.permits)


def test_calls_run_side_by_side() -> None:
    chain = Chain([Breaker()])
    inside = Barrier(10)

    def attempt() -> int:
        return inside.wait(30)

    with ThreadPoolExecutor(10) as threads:
        calls = [threads.submit(drive, chain, Call("f"), attempt) for _ in range(10)]
    assert sorted(call.result() for call in calls) == list(range(10))


def test_ten_calls_of_half_a_second_take_no_longer_together() -> None:
    chain = Chain([Breaker()])
    with within(1), ThreadPoolExecutor(10) as threads:
        for _ in range(10):
            threads.submit(drive, chain, Call("f"), lambda: time.sleep(0.5))  # 5 s one by one


async def test_of_fifty_tasks_at_once_exactly_as_many_as_permits_get_through() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    fail(breaker, 20)
    clock.now += breaker.open_for
    reached = 0
    answer = asyncio.Event()

    async def attempt() -> None:
        nonlocal reached
        reached += 1
        await answer.wait()

    chain = Chain([breaker])
    tasks = [asyncio.create_task(drive_async(chain, Call("f"), attempt)) for _ in range(50)]
    await asyncio.sleep(0)
    answer.set()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert reached == breaker.permits
    assert sum(isinstance(end, CircuitOpen) for end in ends) == 50 - breaker.permits
    assert state(breaker) == "closed"


def test_a_signal_handler_may_make_a_call_while_another_is_being_counted() -> None:
    class Interrupted(Clock):
        """Raises a signal when it is read with the lock held."""

        def __call__(self) -> float:
            if self.now == 0:
                self.now = 1.0
                signal.raise_signal(signal.SIGUSR1)
            return self.now

    clock = Interrupted()
    breaker = Breaker(clock=clock)

    def handler(number: int, frame: FrameType | None) -> None:
        succeed(breaker)

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        clock.now = 0
        breaker.statistics()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert breaker.statistics().calls == 1
