"""When a call is made again, how long it waits before, and where that ends."""

from __future__ import annotations

import asyncio
import logging
import time
from itertools import count
from math import inf, sqrt
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import errors

import sqlkit
from sqlkit.errors import CircuitOpen, DeadlineExceeded
from sqlkit.policy.call import Call
from sqlkit.policy.drive import drive, drive_async
from sqlkit.policy.flow import Chain
from sqlkit.policy.retry import Retry, full_jitter
from sqlkit.policy.retry.budget import Budget
from sqlkit.policy.timeout import Timeout
from sqlkit.statement import Effects, Line, Query
from tests.patience import within

if TYPE_CHECKING:
    from sqlkit.policy.call import Phase
    from sqlkit.policy.flow import Policy

LOST = psycopg.OperationalError("the connection is lost")


def quick(**options: Any) -> Retry:
    """One that hardly pauses."""
    return Retry(base=0.0001, cap=0.0001, **options)


def query(**options: Any) -> Query[Any]:
    return Query(name="q", lines=(Line("select 1"),), **options)


class Server:
    """Answers each attempt with the next of these errors, and then well."""

    def __init__(self, *answers: BaseException, phase: Phase = "unsent", **call: Any) -> None:
        self.answers = iter(answers)
        self.call = Call("q", call.pop("query", None))
        for name, value in call.items():
            setattr(self.call, name, value)
        self.phase: Phase = phase
        self.attempts = 0

    def attempt(self) -> str:
        self.attempts += 1
        self.call.phase = self.phase
        for error in self.answers:
            raise error
        return "done"

    def ask(self, *policies: Policy) -> str:
        return drive(Chain(policies), self.call, self.attempt)


def failing(error: BaseException, **options: Any) -> Server:
    server = Server(**options)
    server.answers = (error for _ in count())
    return server


# --- How often


def test_what_failed_before_anything_was_sent_is_tried_five_times() -> None:
    server = failing(LOST)
    with pytest.raises(psycopg.OperationalError) as caught:
        server.ask(quick())
    assert caught.value is LOST
    assert server.attempts == 5


def test_it_ends_with_the_first_attempt_that_succeeds() -> None:
    server = Server(LOST, LOST)
    assert server.ask(quick()) == "done"
    assert server.attempts == 3


@pytest.mark.parametrize(
    "error", [LOST, errors.SerializationFailure(), CircuitOpen("", retry_after=0.001)]
)
def test_attempts_bound_whatever_is_repeated(error: Exception) -> None:
    server = failing(error)
    with pytest.raises(type(error)):
        server.ask(quick(attempts=3))
    assert server.attempts == 3


def test_conflicts_leave_other_failures_their_attempts() -> None:
    conflicts = [errors.SerializationFailure()] * 8
    server = Server(*conflicts, LOST, *conflicts, LOST, LOST, LOST, LOST)
    with pytest.raises(psycopg.OperationalError):
        server.ask(Timeout(5), quick())
    assert server.attempts == 21


def test_one_attempt_is_no_repetition() -> None:
    server = failing(LOST)
    with pytest.raises(psycopg.OperationalError):
        server.ask(Retry(attempts=1))
    assert server.attempts == 1


def test_no_attempt_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Retry(attempts=0)


@pytest.mark.parametrize("error", [errors.SerializationFailure(), errors.DeadlockDetected()])
def test_conflicts_are_repeated_until_the_deadline(error: psycopg.Error) -> None:
    server = failing(error)
    with within(0.3), pytest.raises(type(error)):
        server.ask(Timeout(0.2), Retry(base=0.001, cap=0.001))
    assert server.attempts > 20


def test_without_a_deadline_conflicts_end_too() -> None:
    server = failing(errors.SerializationFailure())
    with pytest.raises(errors.SerializationFailure):
        server.ask(quick())
    assert server.attempts == 20


# --- What


@pytest.mark.parametrize(
    ("options", "attempts"),
    [
        ({"effects": Effects(volatility="stable")}, 5),
        ({"idempotent": True}, 5),
        ({}, 1),
        ({"effects": Effects(volatility="volatile")}, 1),
        ({"effects": Effects(writes=("public.t",), volatility="stable")}, 1),
        ({"idempotent": True, "kind": "copy"}, 1),
        ({"idempotent": True, "retry": False}, 1),
    ],
)
def test_what_was_sent_and_lost_is_repeated_if_it_may_run_twice(
    options: dict[str, Any], attempts: int
) -> None:
    server = failing(LOST, phase="sent", query=query(**options))
    with pytest.raises(psycopg.OperationalError):
        server.ask(quick())
    assert server.attempts == attempts


@pytest.mark.parametrize("options", [{"retry": False}, {"kind": "copy"}])
@pytest.mark.parametrize(
    "error", [LOST, errors.SerializationFailure(), CircuitOpen("", retry_after=0.001)]
)
def test_a_query_that_is_never_to_be_repeated_is_not(
    options: dict[str, Any], error: Exception
) -> None:
    server = failing(error, query=query(**options))
    with pytest.raises(type(error)):
        server.ask(quick())
    assert server.attempts == 1


@pytest.mark.parametrize(
    "error", [LOST, errors.DeadlockDetected(), CircuitOpen("", retry_after=0.001)]
)
def test_inside_a_transaction_nothing_is_repeated(error: Exception) -> None:
    server = failing(error, phase="open", inside=True, may_repeat=True)
    with pytest.raises(type(error)):
        server.ask(quick())
    assert server.attempts == 1


def test_ctrl_c_is_not_repeated() -> None:
    server = failing(KeyboardInterrupt(), may_repeat=True)
    with pytest.raises(KeyboardInterrupt):
        server.ask(quick())
    assert server.attempts == 1


# --- Pauses


def kolmogorov_smirnov(samples: list[float]) -> float:
    """How far samples are from being uniform between 0 and 1, at the most."""
    ordered, number = sorted(samples), len(samples)
    return max(max((i + 1) / number - x, x - i / number) for i, x in enumerate(ordered))


@pytest.mark.parametrize(
    ("attempt", "bound"), [(1, 0.05), (2, 0.1), (5, 0.8), (9, 2.0), (400, 2.0)]
)
def test_a_pause_is_anything_below_a_bound_that_doubles_up_to_its_cap(
    attempt: int, bound: float
) -> None:
    pauses = [full_jitter(attempt, 0.05, 2.0) / bound for _ in range(10_000)]
    assert 0 <= min(pauses) <= max(pauses) <= 1
    assert sum(pauses) / len(pauses) == pytest.approx(0.5, rel=0.03)
    # 2.2 / sqrt(n) is exceeded by chance once in 8,000 times.
    assert kolmogorov_smirnov(pauses) < 2.2 / sqrt(len(pauses))


def test_a_pause_never_outlasts_the_deadline() -> None:
    for _ in range(20):
        server = failing(LOST)
        with within(0.07), pytest.raises(psycopg.OperationalError):
            server.ask(Timeout(0.02), Retry(base=1000, cap=1000))


def test_a_deadline_around_the_call_bounds_it_too() -> None:
    calls = 0

    @Retry(base=1000, cap=1000)
    def fail() -> None:
        nonlocal calls
        calls += 1
        raise LOST

    with within(0.07), sqlkit.deadline(0.02), pytest.raises(psycopg.OperationalError):
        fail()


def test_an_open_circuit_is_waited_for_as_long_as_it_says() -> None:
    server = Server(CircuitOpen("", retry_after=0.1))
    began = time.monotonic()
    assert server.ask(Timeout(1), quick()) == "done"
    assert time.monotonic() - began >= 0.1
    assert server.attempts == 2


@pytest.mark.parametrize("retry_after", [5.0, inf])
def test_a_circuit_that_stays_open_beyond_the_deadline_is_not_waited_for(
    retry_after: float,
) -> None:
    server = failing(CircuitOpen("", retry_after=retry_after))
    with pytest.raises(CircuitOpen):
        server.ask(Timeout(1), Retry())
    assert server.attempts == 1


def test_a_circuit_that_is_open_for_good_is_not_waited_for() -> None:
    server = failing(CircuitOpen("", retry_after=inf))
    with pytest.raises(CircuitOpen):
        server.ask(Retry())
    assert server.attempts == 1


# --- The budget


def test_of_a_thousand_calls_that_fail_only_a_fifth_is_repeated() -> None:
    retry, attempts = quick(), 0
    began = time.monotonic()
    for _ in range(1_000):
        server = failing(LOST)
        with pytest.raises(psycopg.OperationalError):
            server.ask(retry)
        attempts += server.attempts
    allowed = 1_200 + 10 * (1 + time.monotonic() - began)
    assert 1_150 <= attempts <= allowed


def test_conflicts_cost_nothing_of_the_budget() -> None:
    retry = quick(budget=0, each_second=1, attempts=3)
    for _ in range(5):
        server = failing(errors.SerializationFailure())
        with pytest.raises(errors.SerializationFailure):
            server.ask(retry)
        assert server.attempts == 3


def test_a_budget_grows_with_calls_and_time_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    budget = Budget(share=0.1, each_second=2.0)

    def spent() -> int:
        return next(number for number in count() if not budget.spend())

    assert spent() == 2
    for _ in range(50):
        budget.count()
    assert spent() == 5
    now += 1
    assert spent() == 2
    now += 3600
    assert spent() == 20  # ten seconds' worth


# --- What it decorates, and what it tells


def test_it_decorates_a_function() -> None:
    calls: list[int] = []

    @quick()
    def fetch(number: int, *, plus: int = 0) -> int:
        """Fetch it."""
        calls.append(number)
        if len(calls) < 3:
            raise ConnectionResetError
        return number + plus

    assert fetch(1, plus=2) == 3
    assert calls == [1, 1, 1]
    assert (fetch.__name__, fetch.__doc__) == ("fetch", "Fetch it.")


async def test_it_decorates_a_coroutine_function() -> None:
    calls: list[int] = []

    @quick()
    async def fetch(number: int) -> int:
        calls.append(number)
        await asyncio.sleep(0)
        if len(calls) < 3:
            raise ConnectionResetError
        return number

    assert await fetch(1) == 1
    assert calls == [1, 1, 1]


async def test_a_task_pauses_without_keeping_others_from_work() -> None:
    server = Server(CircuitOpen("", retry_after=0.2))
    ticks = 0

    async def attempt() -> str:
        return server.attempt()

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.01)

    ticking = asyncio.create_task(tick())
    assert await drive_async(Chain([quick()]), server.call, attempt) == "done"
    ticking.cancel()
    assert ticks > 3


async def test_a_task_that_is_cancelled_in_a_pause_ends_there() -> None:
    server = failing(CircuitOpen("", retry_after=30))

    async def attempt() -> str:
        return server.attempt()

    task = asyncio.create_task(drive_async(Chain([Retry()]), server.call, attempt))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert server.attempts == 1


def test_each_repetition_is_logged_without_the_error_s_message(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "sqlkit")
    Server(psycopg.OperationalError("secret"), errors.DeadlockDetected("secret")).ask(quick())
    first, second = caplog.records
    assert first.getMessage().startswith("q: attempt 1 failed (OperationalError), the next one in ")
    assert second.getMessage().startswith("q: attempt 2 failed (40P01), the next one in ")
    assert second.__dict__["sqlkit_event"] == "retry"
    assert "secret" not in caplog.text


def test_a_deadline_that_passed_is_not_repeated() -> None:
    server = failing(DeadlineExceeded("late"), may_repeat=True)
    with pytest.raises(DeadlineExceeded):
        server.ask(quick())
    assert server.attempts == 1
