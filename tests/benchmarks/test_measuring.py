from __future__ import annotations

import asyncio
from random import Random
from threading import get_ident
from typing import TYPE_CHECKING

import pytest

from benchmarks.measure.effort import Effort
from benchmarks.measure.interleave import interleaved
from benchmarks.measure.result import Measured, Target
from benchmarks.measure.sample import Sample, each, each_after
from benchmarks.measure.tasks import Tasks
from benchmarks.measure.threads import threads

if TYPE_CHECKING:
    from benchmarks.measure.sample import Way

SHORT = Effort(rounds=5, sample=0.001, budget=1.0, fewest=3)


def _of_length(seconds: float, order: list[str], name: str) -> Way:
    def way(calls: int) -> Sample:
        order.append(name)
        return Sample(seconds, seconds, [seconds] * calls)

    return way


def test_a_sample_times_each_call() -> None:
    done: list[int] = []
    sample = each(lambda: done.append(1))(7)
    assert len(done) == len(sample.latencies) == 7
    assert sample.seconds == pytest.approx(sum(sample.latencies) / 7)


def test_what_is_done_before_a_call_is_not_timed() -> None:
    order: list[str] = []
    sample = each_after(lambda: order.append("before"), lambda: order.append("call"))(2)
    assert order == ["before", "call"] * 2
    assert len(sample.latencies) == 2


def test_threads_share_the_calls() -> None:
    callers: list[int] = []
    with threads(3) as together:
        sample = together(lambda: callers.append(get_ident()))(9)
    assert len(callers) == len(sample.latencies) == 9


def test_tasks_share_the_calls_and_what_was_entered_is_closed() -> None:
    at_once: list[int] = []
    active = 0

    async def call() -> None:
        nonlocal active
        active += 1
        await asyncio.sleep(0)
        at_once.append(active)
        active -= 1

    with Tasks() as tasks:
        sample = tasks.together(call, 4)(12)
    assert len(sample.latencies) == 12
    assert max(at_once) == 4


def test_each_way_is_sampled_once_a_round_in_an_order_drawn_anew() -> None:
    order: list[str] = []
    ways = {name: _of_length(0.0005, order, name) for name in "abcd"}
    found = interleaved(ways, SHORT, Random(1), lambda done, total: order.append("|"))
    rounds = "".join(order[order.index("|") + 1 :]).strip("|").split("|")
    assert [sorted(one) for one in rounds] == [list("abcd")] * 5
    assert len(set(rounds)) > 1
    assert [len(found[name].seconds) for name in "abcd"] == [5] * 4


def test_what_takes_long_is_sampled_less_often_but_not_too_rarely() -> None:
    found = interleaved({"slow": _of_length(9.0, [], "slow")}, SHORT, Random(1), _nothing)
    assert len(found["slow"].seconds) == SHORT.fewest


def test_rounds_that_are_asked_for_are_made_however_long_they_take() -> None:
    effort = SHORT.with_rounds(4)
    found = interleaved({"slow": _of_length(9.0, [], "slow")}, effort, Random(1), _nothing)
    assert len(found["slow"].seconds) == 4


def test_ratios_are_paired_by_round() -> None:
    mine = Measured([1.0, 10.0, 100.0], [], [], 0)
    its = Measured([2.0, 20.0, 200.0], [], [], 0)
    assert mine.ratio(its) == 0.5
    assert mine.median == 10.0


def test_a_target_is_met_as_it_is_shown() -> None:
    assert Target("x", at_most=0.55).met(0.554)
    assert not Target("x", at_most=0.55).met(0.556)
    assert Target("x", times=4.0).met(0.25)
    assert not Target("x", times=4.0).met(0.26)


def _nothing(_done: int, _total: int) -> None:
    pass
