"""The short way through a chain does what the long way would."""

from __future__ import annotations

import asyncio
import logging
import time
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from prometheus_client import CollectorRegistry
from rich.pretty import pretty_repr

from sqlkit.errors import CircuitOpen, DeadlineExceeded
from sqlkit.policy import Breaker, Call, Log, Metrics, Policy, Retry, Timeout
from sqlkit.policy.default import default
from sqlkit.policy.drive import drive, drive_async
from sqlkit.policy.flow import Chain
from sqlkit.policy.shortcut import Shortcut, Until
from sqlkit.statement import Line, Query

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Drive: TypeAlias = "Callable[[Chain, Call, Callable[[], Any]], Any]"


class Seen(Policy):
    """Wants to see every call, and so makes all of them go the long way."""

    def __init__(self) -> None:
        self.entered = 0

    def enter(self, call: Call) -> None:
        self.entered += 1


def as_task(chain: Chain, call: Call, attempt: Callable[[], Any]) -> Any:
    async def awaited() -> Any:
        return attempt()

    return asyncio.run(drive_async(chain, call, awaited))


@pytest.fixture(params=[drive, as_task], ids=["sync", "async"])
def through(request: pytest.FixtureRequest) -> Drive:
    found: Drive = request.param
    return found


def forbid_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def entered(*_: Any) -> None:
        pytest.fail("the long way")

    monkeypatch.setattr(Chain, "enter", entered)


@pytest.fixture
def no_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_the_long_way(monkeypatch)


def call(**said: Any) -> Call:
    query: Query[Any] = Query(
        name="users.get", lines=(Line("select 1"),), kind="one", source="sql/users.sql:1", **said
    )
    return Call(query.name, query, (), "shop")


def failing(error: BaseException) -> Callable[[], Any]:
    def attempt() -> Any:
        raise error

    return attempt


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [vars(record)["sqlkit_event"] for record in caplog.records]


def timed(registry: CollectorRegistry, outcome: str) -> float | None:
    return registry.get_sample_value(
        "db_client_operation_duration_seconds_count",
        {"database": "shop", "query": "users.get", "outcome": outcome},
    )


def lost() -> ConnectionError:
    return ConnectionError("lost")


@pytest.mark.usefixtures("no_long_way")
@pytest.mark.parametrize("inside", [False, True])
def test_a_call_that_goes_well_enters_no_policy_of_the_default_chain(
    through: Drive, inside: bool
) -> None:
    chain = Chain(default(30.0))
    for answer in range(50):
        made = call()
        made.inside = inside
        assert through(chain, made, partial(int, answer)) == answer


@pytest.mark.parametrize("kind", ["one", "maybe", "many", "affected", "exec", None])
@pytest.mark.parametrize("inside", [False, True])
def test_it_leaves_what_the_long_way_leaves(
    through: Drive, kind: Any, inside: bool, caplog: pytest.LogCaptureFixture
) -> None:
    answers = {"one": 5, "maybe": None, "many": [1, 2, 3], "affected": 7, "exec": None}
    told: list[Any] = []
    for more in ([], [Seen()]):
        registry, breaker, retry = CollectorRegistry(), Breaker(), Retry(budget=0.5, each_second=1)
        policies = [*more, Log(), Metrics(registry), Timeout(9.0), retry, breaker]
        chain = Chain(policies)
        for _ in range(20):
            made = call()
            object.__setattr__(made.query, "kind", kind)
            made.inside = inside
            through(chain, made, lambda: answers.get(kind, "x"))
            assert made.deadline == made.began + 9.0
            assert (made.attempts, made.seconds > 0) == (1, True)
        rows = registry.get_sample_value(
            "db_client_operation_rows_total", {"database": "shop", "query": "users.get"}
        )
        budget = retry._budget  # pyright: ignore[reportPrivateUsage] # not to be seen otherwise
        may_repeat = sum(budget.spend() for _ in range(20))
        told.append((rows, timed(registry, "ok"), breaker.statistics(), may_repeat, caplog.records))
    assert told[0] == told[1]
    assert told[0][1] == 20
    assert told[0][3] == 10


def test_a_policy_of_ones_own_sees_every_call(through: Drive) -> None:
    seen = Seen()
    chain = Chain([*default(30.0), seen])
    for _ in range(3):
        through(chain, call(), lambda: None)
    assert seen.entered == 3


@pytest.mark.parametrize("of", [Log, Timeout, Retry, Breaker])
@pytest.mark.parametrize("method", ["enter", "leave"])
def test_so_does_one_that_is_made_of_sqlkit_s_own(
    through: Drive, of: type[Policy], method: str
) -> None:
    seen: list[Call] = []

    def noted(self: Any, made: Call, *entered: Any) -> Any:
        seen.append(made)
        return getattr(of, method)(self, made, *entered)

    own = type("Own", (of,), {method: noted})
    chain = Chain([own()])
    calls = [call(), call()]
    for made in calls:
        through(chain, made, lambda: None)
    assert seen == calls


def test_so_does_one_that_is_made_of_two(through: Drive) -> None:
    seen: list[Call] = []

    class Tally(Policy):
        def leave(self, call: Call, entered: Any) -> None:
            seen.append(call)

    class Both(Timeout, Tally): ...

    made = call()
    through(Chain([Both()]), made, lambda: 1)
    assert seen == [made]


@pytest.mark.usefixtures("no_long_way")
def test_one_that_only_attaches_has_a_shortcut(through: Drive) -> None:
    class Attached(Timeout):
        def attach(self, database: Any) -> None: ...

    class Quiet(Policy): ...

    assert through(Chain([Attached(), Quiet()]), call(), lambda: 1) == 1


@pytest.mark.usefixtures("no_long_way")
def test_one_may_have_a_shortcut_of_its_own(through: Drive) -> None:
    noted: list[Any] = []

    class Answers(Policy):
        def leave(self, call: Call, entered: Any) -> None:
            noted.append(call.result)

        def shortcut(self, *, inside: bool) -> Shortcut:
            def note(made: Call) -> None:
                noted.append((made.result, inside))

            return Shortcut(note=note)

    through(Chain([Answers()]), call(), lambda: 1)
    assert noted == [(1, False)]


# --- Out of the ordinary


def test_an_error_is_left_by_every_policy(through: Drive, caplog: pytest.LogCaptureFixture) -> None:
    registry, breaker = CollectorRegistry(), Breaker(included=(ConnectionError,))
    chain = Chain([Log(), Metrics(registry), Timeout(), Retry(attempts=1), breaker])
    caplog.set_level(logging.INFO, "sqlkit")
    with pytest.raises(ConnectionError):
        through(chain, call(), failing(lost()))
    assert events(caplog) == ["failed"]
    assert breaker.statistics().failures == 1
    assert timed(registry, "error") == 1


def test_what_failed_is_repeated_by_the_long_way(through: Drive) -> None:
    attempts: list[float] = []

    class Again(Policy):
        def leave(self, call: Call, entered: Any) -> float | None:
            assert entered is None
            return 0.0 if call.error is not None else None

        def shortcut(self, *, inside: bool) -> Shortcut:
            return Shortcut()

    def attempt() -> str:
        attempts.append(time.monotonic())
        if len(attempts) < 3:
            raise ValueError
        return "done"

    made = call()
    assert through(Chain([Timeout(), Again(), Breaker()]), made, attempt) == "done"
    assert (len(attempts), made.attempts, made.error) == (3, 3, None)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_stops_a_program_is_raised(error: type[BaseException]) -> None:
    breaker = Breaker()
    with pytest.raises(error):
        drive(Chain([Timeout(), breaker]), call(), failing(error()))
    assert breaker.statistics().calls == 0


def test_a_slow_call_is_logged(through: Drive, caplog: pytest.LogCaptureFixture) -> None:
    chain = Chain([Log(slow=0.01), Timeout()])
    for seconds in (0, 0.02, 0):
        through(chain, call(), partial(time.sleep, seconds))
    assert events(caplog) == ["slow"]


def test_every_call_is_logged_as_soon_as_somebody_wants_it(
    through: Drive, caplog: pytest.LogCaptureFixture
) -> None:
    chain = Chain([Log(), Timeout()])
    for level in (logging.WARNING, logging.DEBUG, logging.WARNING):
        caplog.set_level(level, "sqlkit")
        through(chain, call(), lambda: 1)
    assert events(caplog) == ["call"]


def test_a_query_s_own_timeout_is_its_limit(through: Drive) -> None:
    for own, limit in ((None, 9.0), (0.5, 0.5), (20.0, 20.0)):
        made = call(timeout=own)
        through(Chain([Timeout(9.0)]), made, lambda: 1)
        assert made.deadline == made.began + limit


def test_without_a_timeout_in_the_chain_a_query_s_own_limits_the_attempt_only(
    through: Drive,
) -> None:
    made = call(timeout=0.5)
    through(Chain([Log()]), made, lambda: 1)
    assert made.deadline == inf


@pytest.mark.parametrize("seconds", [30.0, inf])
def test_a_deadline_that_has_passed_attempts_nothing(through: Drive, seconds: float) -> None:
    made = call()
    made.deadline = made.began
    with pytest.raises(DeadlineExceeded):
        through(Chain([Timeout(seconds), Breaker()]), made, pytest.fail)


def test_an_endless_timeout_leaves_a_query_its_own(through: Drive) -> None:
    for own, limit in ((None, inf), (0.5, 0.5)):
        made = call(timeout=own)
        through(Chain([Timeout(inf)]), made, lambda: 1)
        assert made.deadline == made.began + limit


# --- The breaker


def opened(breaker: Breaker, through: Drive, chain: Chain) -> None:
    while breaker.state == "closed":
        with pytest.raises(ConnectionError):
            through(chain, call(), failing(lost()))
    assert breaker.state == "open"


def test_an_open_breaker_refuses_at_once_and_lets_through_again(through: Drive) -> None:
    breaker = Breaker(included=(ConnectionError,), minimum_calls=5, open_for=0.05, permits=2)
    chain = Chain([Timeout(), breaker])
    opened(breaker, through, chain)
    with pytest.raises(CircuitOpen):
        through(chain, call(), pytest.fail)
    time.sleep(0.06)
    for state in ("half_open", "closed", "closed"):
        through(chain, call(), lambda: 1)
        assert breaker.state == state
    assert breaker.statistics().calls == 1
    opened(breaker, through, chain)


@pytest.mark.parametrize("chains", [1, 2])
def test_what_is_forced_holds_from_the_next_call_on(through: Drive, chains: int) -> None:
    breaker = Breaker()
    for chain in [Chain([breaker]) for _ in range(chains)]:
        through(chain, call(), lambda: 1)
        breaker.force_open()
        with pytest.raises(CircuitOpen):
            through(chain, call(), pytest.fail)
        breaker.force_closed()
        through(chain, call(), lambda: 1)
        assert breaker.statistics().calls == 0
        breaker.reset()
        through(chain, call(), lambda: 1)
        assert breaker.statistics().calls == 1


def test_a_call_during_which_it_opened_counts_for_nothing(through: Drive) -> None:
    breaker = Breaker()
    chain = Chain([breaker])

    def attempt() -> None:
        breaker.force_open()
        breaker.reset()

    through(chain, call(), attempt)
    assert breaker.statistics().calls == 0


def test_successes_are_counted_for_as_long_as_the_window_is(through: Drive) -> None:
    breaker = Breaker(window=0.2)
    chain = Chain([breaker])
    until = time.monotonic() + 0.3
    while time.monotonic() < until:
        through(chain, call(), lambda: 1)
    assert breaker.statistics().calls > 0
    time.sleep(0.25)
    assert breaker.statistics().calls == 0


@pytest.mark.parametrize(
    "policies", [[Breaker(slow=0.5)], [Breaker(clock=time.time)]], ids=["slow", "clock"]
)
def test_a_breaker_that_times_calls_sees_them_all(
    through: Drive, policies: Sequence[Policy], monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_the_long_way(monkeypatch)
    with pytest.raises(pytest.fail.Exception):
        through(Chain(policies), call(), lambda: 1)


@pytest.mark.parametrize("inside", [False, True])
def test_a_policy_is_asked_again_when_its_shortcut_is_over_and_not_before(
    through: Drive, inside: bool
) -> None:
    asked: list[Until] = []

    class Passing(Policy):
        def leave(self, call: Call, entered: Any) -> None: ...

        def shortcut(self, *, inside: bool) -> Shortcut:
            asked.append(Until(0.0 if len(asked) < 2 else inf))
            return Shortcut(lasts=asked[-1])

    def go() -> None:
        made = call()
        made.inside = inside
        through(chain, made, lambda: 1)

    chain = Chain([Passing()])
    go()
    assert len(asked) == 2
    asked[0].ends = asked[1].ends = -inf
    go()
    assert len(asked) == 4


def test_notes_are_taken_as_policies_are_left(through: Drive) -> None:
    noted: list[int] = []

    class Notes(Policy):
        def __init__(self, number: int) -> None:
            self.number = number

        def shortcut(self, *, inside: bool) -> Shortcut:
            return Shortcut(count=partial(noted.append, self.number))

    through(Chain([Notes(1), Notes(2), Notes(3)]), call(), lambda: 1)
    assert noted == [3, 2, 1]


def test_a_call_shows_no_argument() -> None:
    made = Call("users.get", None, ("secret",))
    for shown in (repr(made), pretty_repr(made)):
        assert "users.get" in shown
        assert "secret" not in shown


def test_a_call_that_outlasts_the_window_counts_when_it_ends(through: Drive) -> None:
    breaker = Breaker(window=0.1)
    through(Chain([breaker]), call(), partial(time.sleep, 0.3))
    assert breaker.statistics().calls == 1


def test_the_short_way_is_there_again_when_the_breaker_has_closed(
    through: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaker = Breaker()
    chain = Chain([breaker])
    breaker.force_open()
    breaker.reset()
    through(chain, call(), lambda: 1)
    forbid_the_long_way(monkeypatch)
    through(chain, call(), lambda: 1)
