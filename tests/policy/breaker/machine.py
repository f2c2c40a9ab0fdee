"""A naive model of a breaker, and a machine that plays both and compares them."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Literal, TypeAlias

import psycopg
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
)

from sqlkit.errors import CircuitOpen
from sqlkit.policy.breaker import Breaker
from tests.policy.breaker.clock import Begun, Clock, lost

How: TypeAlias = Literal["well", "ill", "nothing"]

# A call's number, the model's period and moment when it began, and the call.
Known: TypeAlias = tuple[int, int, float, Begun]

# Everything in quarters of a second, which floats hold exactly; buckets are one second wide.
WINDOW, SLOW, OPEN_FOR, LEASE = 10.0, 2.0, 1.5, 3.0
MINIMUM, PERMITS, FAILURE_RATE, SLOW_RATE = 5, 2, 0.5, 0.75

ERRORS = {"well": None, "ill": lost(), "nothing": psycopg.errors.UniqueViolation()}


@dataclass
class Model:
    """Remembers every call and counts afresh each time."""

    slow: float = SLOW
    state: str = "closed"
    period: int = 0
    began: float = 0.0
    ended: list[tuple[float, bool, bool]] = field(default_factory=list[tuple[float, bool, bool]])
    probes: dict[int, float] = field(default_factory=dict[int, float])
    passed: int = 0

    def change(self, state: str, now: float) -> None:
        self.state, self.began = state, now
        self.period += 1
        self.ended, self.probes, self.passed = [], {}, 0

    def admits(self, number: int, now: float) -> bool:
        if self.state == "open" and now >= self.began + OPEN_FOR:
            self.change("half_open", now)
        if self.state == "half_open":
            held = [probe for probe, began in self.probes.items() if now < began + LEASE]
            if len(held) + self.passed >= PERMITS:
                return False
            self.probes = {probe: self.probes[probe] for probe in held} | {number: now}
        return self.state in ("closed", "half_open", "forced_closed")

    def end(self, number: int, period: int, began: float, now: float, how: How) -> None:
        if period != self.period:
            return
        slow, failed = now - began >= self.slow, how == "ill"
        self.probes.pop(number, None)
        if how == "nothing":
            return
        if self.state == "closed":
            self.ended.append((now, failed, slow))
            if (failed or slow) and self.is_too_much(now):
                self.change("open", now)
        elif self.state == "half_open":
            self.passed += 1
            if failed or slow:
                self.change("open", now)
            elif self.passed >= PERMITS:
                self.change("closed", now)

    def counted(self, now: float) -> list[tuple[float, bool, bool]]:
        return [call for call in self.ended if now // 1 - call[0] // 1 < WINDOW]

    def is_too_much(self, now: float) -> bool:
        calls = self.counted(now)
        if len(calls) < MINIMUM:
            return False
        failures = sum(failed for _, failed, _ in calls)
        slow = sum(slow for _, _, slow in calls)
        return (
            failures >= FAILURE_RATE * len(calls)
            or slow >= SLOW_RATE * len(calls)
            or all(failed for _, failed, _ in calls[-MINIMUM:])
        )


class Machine(RuleBasedStateMachine):
    """The same calls, at the same moments, through a breaker and its model."""

    begun: Bundle[Known] = Bundle("begun")
    slow = SLOW

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.model = Model(self.slow)
        self.number = 0
        self.breaker = Breaker(
            window=WINDOW,
            slow=self.slow,
            open_for=OPEN_FOR,
            lease=LEASE,
            minimum_calls=MINIMUM,
            permits=PERMITS,
            failure_rate=FAILURE_RATE,
            slow_rate=SLOW_RATE,
            clock=self.clock,
        )

    def begin(self) -> Known | None:
        self.number += 1
        now = self.clock.now
        admitted = self.model.admits(self.number, now)
        begun = self.ask()
        assert isinstance(begun, Begun) == admitted
        if isinstance(begun, CircuitOpen):
            assert begun.retry_after > 0
            return None
        return self.number, self.model.period, now, begun

    def ask(self) -> Begun | CircuitOpen:
        try:
            return Begun(self.breaker)
        except CircuitOpen as refused:
            return refused

    def finish(self, call: Known, how: How) -> None:
        number, period, began, begun = call
        begun.end(ERRORS[how])
        self.model.end(number, period, began, self.clock.now, how)

    @rule(target=begun)
    def a_call_begins(self) -> Known | MultipleResults[Known]:
        return self.begin() or multiple()

    @rule(call=consumes(begun), how=st.sampled_from(["well", "ill", "nothing"]))
    def a_call_ends(self, call: Known, how: How) -> None:
        self.finish(call, how)

    @rule(hows=st.lists(st.sampled_from(["well", "ill", "ill", "nothing"]), max_size=6))
    def calls_come_and_go(self, hows: list[How]) -> None:
        for how in hows:
            call = self.begin()
            if call is not None:
                self.finish(call, how)

    @rule(quarters=st.integers(4, 8))
    def the_server_goes_down(self, quarters: int) -> None:
        self.calls_come_and_go(["ill"] * MINIMUM)
        self.time_passes(quarters)

    @rule(quarters=st.integers(1, 20))
    def time_passes(self, quarters: int) -> None:
        self.clock.now += quarters / 4

    @rule(to=st.sampled_from(["forced_open", "forced_closed", *["closed"] * 6]))
    def it_is_forced(self, to: str) -> None:
        force = {"forced_open": "force_open", "forced_closed": "force_closed", "closed": "reset"}
        getattr(self.breaker, force[to])()
        self.model.change(to, self.clock.now)

    @invariant()
    def they_agree(self) -> None:
        now, statistics = self.clock.now, self.breaker.statistics()
        calls = self.model.counted(now)
        assert self.breaker.state == statistics.state == self.model.state
        assert statistics.calls == len(calls)
        assert statistics.failures == sum(failed for _, failed, _ in calls)
        assert statistics.slow == sum(slow for _, _, slow in calls)
        assert statistics.probes == len(self.model.probes)


class Untimed(Machine):
    """The same where no call is slow: what went well is then counted without the lock."""

    slow = inf
