"""When it opens: the rate of failures and of slow calls, in a window that moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from psycopg.errors import AdminShutdown

from sqlkit import NoRow, Query
from sqlkit.errors import CircuitOpen
from sqlkit.policy.breaker import Breaker
from sqlkit.policy.call import Call
from tests.policy.breaker.clock import Begun, Clock, fail, lost, passes, state, succeed

if TYPE_CHECKING:
    from sqlkit.statement import Kind


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(minimum_calls=10, window=10, slow=2, slow_rate=0.5, clock=clock)


def slowly(breaker: Breaker, clock: Clock, call: Call | None = None) -> None:
    begun = Begun(breaker, call)
    clock.now += 2
    begun.end()
    clock.now -= 2


def test_it_is_closed_at_first(breaker: Breaker) -> None:
    assert state(breaker) == "closed"
    assert passes(breaker)


def test_half_of_the_calls_failing_opens_it(breaker: Breaker) -> None:
    succeed(breaker, 5)
    fail(breaker, 4)
    assert state(breaker) == "closed"
    fail(breaker)
    assert state(breaker) == "open"
    assert not passes(breaker)


def test_fewer_than_half_leave_it_closed(breaker: Breaker) -> None:
    for _ in range(100):
        succeed(breaker, 2)
        fail(breaker)
    assert state(breaker) == "closed"


def test_a_rate_is_met_exactly(clock: Clock) -> None:
    breaker = Breaker(minimum_calls=100, failure_rate=0.07, clock=clock)
    succeed(breaker, 93)
    fail(breaker, 6)
    assert state(breaker) == "closed"
    fail(breaker)
    assert state(breaker) == "open"


def test_too_few_calls_are_not_judged(breaker: Breaker) -> None:
    fail(breaker, 9)
    assert state(breaker) == "closed"


def test_a_success_doesn_t_open_it(breaker: Breaker) -> None:
    fail(breaker, 9)
    succeed(breaker)
    assert state(breaker) == "closed"


def test_failures_in_a_row_open_it_whatever_went_well_before(breaker: Breaker) -> None:
    succeed(breaker, 1000)
    fail(breaker, 9)
    succeed(breaker)
    fail(breaker, 9)
    assert state(breaker) == "closed"
    fail(breaker)
    assert state(breaker) == "open"


def test_failures_in_a_row_count_only_within_the_window(breaker: Breaker, clock: Clock) -> None:
    succeed(breaker, 1000)
    for _ in range(30):
        clock.now += 2
        fail(breaker)
    assert state(breaker) == "closed"
    assert breaker.statistics().failures == 5


def test_what_is_older_than_the_window_is_forgotten(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 9)
    clock.now += 10
    fail(breaker, 9)
    assert state(breaker) == "closed"
    assert breaker.statistics().calls == 9


def test_the_window_moves_and_doesn_t_jump(breaker: Breaker, clock: Clock) -> None:
    for _ in range(100):
        clock.now += 1
        succeed(breaker)
        assert breaker.statistics().calls <= 10
    assert breaker.statistics().calls == 10
    clock.now += 4
    assert breaker.statistics().calls == 6


def test_what_went_well_is_forgotten_from_when_it_was_and_not_from_when_it_is_asked_for(
    clock: Clock,
) -> None:
    breaker = Breaker(window=10, clock=clock)
    succeed(breaker, 3)
    clock.now += 6
    assert breaker.statistics().calls == 3
    clock.now += 6
    assert breaker.statistics().calls == 0


def test_slow_calls_open_it(breaker: Breaker, clock: Clock) -> None:
    succeed(breaker, 5)
    for _ in range(4):
        slowly(breaker, clock)
    assert state(breaker) == "closed"
    slowly(breaker, clock)
    assert state(breaker) == "open"


def test_no_call_is_slow_unless_it_is_said_what_slow_is(clock: Clock) -> None:
    breaker = Breaker(clock=clock)
    for _ in range(50):
        slowly(breaker, clock)
    assert breaker.statistics().slow == 0


@pytest.mark.parametrize(
    ("kind", "slow"), [("many", 1), ("exec", 1), (None, 1), ("copy", 0), ("script", 0)]
)
def test_what_is_long_by_nature_is_never_slow(
    breaker: Breaker, clock: Clock, kind: Kind | None, slow: int
) -> None:
    query: Query[Any] = Query(name="things.do", kind=kind, lines=())
    slowly(breaker, clock, Call("things.do", query, database="default"))
    assert breaker.statistics().slow == slow
    assert breaker.statistics().calls == 1


def test_a_transaction_s_time_is_the_user_s_and_a_function_s_the_server_s(
    breaker: Breaker, clock: Clock
) -> None:
    slowly(breaker, clock, Call("begin", database="default"))
    assert breaker.statistics().slow == 0
    slowly(breaker, clock, Call("charge"))
    assert breaker.statistics().slow == 1


def test_an_open_breaker_says_when_to_come_again(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 10)
    clock.now += 0.125
    with pytest.raises(CircuitOpen, match=r"^things\.do: .*; next try in 0\.375 s$") as caught:
        Begun(breaker)
    assert caught.value.retry_after == 0.375


def refusal(breaker: Breaker) -> str:
    with pytest.raises(CircuitOpen) as caught:
        Begun(breaker)
    return str(caught.value).partition(";")[0]


def test_a_refusal_says_why_it_opened(breaker: Breaker, clock: Clock) -> None:
    succeed(breaker, 200)
    fail(breaker, 10, AdminShutdown("no word of it is told"))
    since = "things.do: refused, since "
    assert refusal(breaker) == (
        f"{since}10 calls in a row failed, the last with AdminShutdown 57P01"
    )
    clock.now += breaker.open_for
    fail(breaker, error=ConnectionResetError("nor of this"))
    assert refusal(breaker) == f"{since}calls to try failed, the last with ConnectionResetError"
    breaker.reset()
    succeed(breaker, 6)
    fail(breaker, 6, AdminShutdown())
    assert refusal(breaker) == f"{since}6 of 12 calls failed, the last with AdminShutdown 57P01"
    breaker.reset()
    for _ in range(10):
        slowly(breaker, clock)
    assert refusal(breaker) == f"{since}10 of 10 calls were slow"


def test_calls_inside_a_transaction_pass_and_don_t_count(breaker: Breaker) -> None:
    inside = Call("things.do")
    inside.inside = True
    for _ in range(20):
        Begun(breaker, inside).end(lost())
    assert breaker.statistics().calls == 0
    breaker.force_open()
    Begun(breaker, inside).end()


@pytest.mark.parametrize(
    "error", [ValueError(), KeyboardInterrupt(), CircuitOpen("other", retry_after=1)]
)
def test_what_says_nothing_of_the_server_counts_neither_way(
    breaker: Breaker, error: BaseException
) -> None:
    fail(breaker, 50, error)
    assert breaker.statistics().calls == 0


def test_excluded_errors_don_t_count_though_they_would(clock: Clock) -> None:
    breaker = Breaker(excluded=(ConnectionResetError, NoRow), clock=clock)
    fail(breaker, 50, ConnectionResetError())
    fail(breaker, 50, NoRow())
    assert breaker.statistics().calls == 0
    fail(breaker, 1, ConnectionRefusedError())
    assert breaker.statistics().failures == 1


def test_included_errors_count_though_they_would_not(clock: Clock) -> None:
    breaker = Breaker(included=(LookupError,), excluded=(IndexError,), clock=clock)
    fail(breaker, 3, KeyError())
    fail(breaker, 5, IndexError())
    assert breaker.statistics()[1:3] == (3, 3)


@pytest.mark.parametrize(
    "setting",
    [
        {"failure_rate": 0},
        {"failure_rate": 1.5},
        {"slow_rate": 0},
        {"minimum_calls": 0},
        {"permits": 0},
        {"window": 0},
        {"slow": float("nan")},
        {"open_for": -1},
        {"lease": 0},
    ],
)
def test_a_setting_out_of_range_is_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(setting))):
        Breaker(**setting)
