"""By hand, on databases, on functions, and what it tells about itself."""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
import logging
import re
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.errors import AdminShutdown

from sqlkit.errors import CircuitOpen
from sqlkit.policy.breaker import Breaker
from tests.policy.breaker.clock import Begun, Clock, fail, lost, passes, state, succeed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlkit.policy.flow import Policy


@dataclass
class Named:
    """A database, as far as a breaker cares."""

    name: str
    policies: Sequence[Policy] = ()

    def pool_statistics(self) -> Mapping[str, int]:
        return {}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    breaker = Breaker(clock=clock)
    breaker.attach(Named("orders"))
    return breaker


def test_forced_open_it_refuses_all_until_told_otherwise(breaker: Breaker, clock: Clock) -> None:
    breaker.force_open()
    clock.now += 1_000_000
    assert state(breaker) == "forced_open"
    with pytest.raises(
        CircuitOpen, match=r"^orders: refused, since the breaker was opened by hand$"
    ) as caught:
        Begun(breaker)
    assert caught.value.retry_after == inf


def test_forced_closed_it_lets_all_through_and_counts_none(breaker: Breaker) -> None:
    breaker.force_closed()
    fail(breaker, 100)
    assert state(breaker) == "forced_closed"
    assert breaker.statistics().calls == 0


@pytest.mark.parametrize("force", ["force_open", "force_closed"])
def test_reset_closes_it_with_nothing_counted(breaker: Breaker, force: str) -> None:
    fail(breaker, 19)
    getattr(breaker, force)()
    breaker.reset()
    fail(breaker, 19)
    assert state(breaker) == "closed"
    assert breaker.statistics().calls == 19


def test_a_call_that_began_before_it_was_forced_changes_nothing(breaker: Breaker) -> None:
    begun = Begun(breaker)
    breaker.force_closed()
    breaker.reset()
    begun.end(lost())
    assert breaker.statistics().calls == 0


def test_it_counts_refusals_and_outages(breaker: Breaker, clock: Clock) -> None:
    for _ in range(2):
        fail(breaker, 20)
        for _ in range(3):
            clock.now += 0.5
            fail(breaker)
            assert not passes(breaker)
        clock.now += 0.5
        succeed(breaker, 3)
    assert breaker.statistics().opened == 2
    assert breaker.statistics().refused == 6


def test_databases_of_one_name_may_share_it_and_others_may_not(breaker: Breaker) -> None:
    breaker.attach(Named("orders"))
    with pytest.raises(
        ValueError, match=r"^this Breaker is of 'orders': database 'users' needs its own$"
    ):
        breaker.attach(Named("users"))


def test_it_shows_how_it_is(breaker: Breaker) -> None:
    assert repr(breaker) == "<Breaker orders: closed>"
    succeed(breaker, 3)
    fail(breaker)
    assert repr(breaker) == "<Breaker orders: closed, 1 of 4 calls failed>"
    breaker.force_open()
    assert repr(breaker) == "<Breaker orders: forced_open>"
    assert repr(Breaker()) == "<Breaker (no name): closed>"


def records(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, record.getMessage()) for record in caplog.records]


def test_an_outage_is_one_warning_and_its_end_is_told(
    breaker: Breaker, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sqlkit")
    fail(breaker, 20)
    for _ in range(3):
        clock.now += 0.5
        fail(breaker)
    clock.now += 0.5
    succeed(breaker, 3)
    assert records(caplog) == [
        (
            "WARNING",
            "breaker of orders is open, was closed: 20 calls in a row failed, "
            "the last with OperationalError; calls are refused",
        ),
        (
            "INFO",
            "breaker of orders is half open, was open: a few calls are let through to try",
        ),
        ("INFO", "breaker of orders is closed, was half open: calls pass again"),
    ]


def test_each_try_is_told_to_who_wants_to_know(
    breaker: Breaker, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "sqlkit")
    fail(breaker, 20)
    for _ in range(2):
        clock.now += 0.5
        fail(breaker)
    levels = [record.levelname for record in caplog.records]
    assert levels == ["WARNING", "INFO", "DEBUG", "DEBUG", "DEBUG"]


def test_a_record_has_its_facts_as_fields(
    breaker: Breaker, caplog: pytest.LogCaptureFixture
) -> None:
    succeed(breaker, 10)
    fail(breaker, 10, AdminShutdown())
    fields = {
        name: value for name, value in vars(caplog.records[0]).items() if name.startswith("sqlkit_")
    }
    assert fields == {
        "sqlkit_event": "breaker",
        "sqlkit_database": "orders",
        "sqlkit_breaker_state": "open",
        "sqlkit_calls": 20,
        "sqlkit_failures": 10,
        "sqlkit_failure_rate": 0.5,
        "sqlkit_slow_calls": 0,
        "sqlkit_refused": 0,
        "sqlkit_error": "AdminShutdown",
        "sqlkit_sqlstate": "57P01",
    }


def test_what_is_done_by_hand_is_told(breaker: Breaker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "sqlkit")
    breaker.force_open()
    breaker.force_closed()
    breaker.reset()
    assert [
        (record.levelname, record.__dict__["sqlkit_breaker_state"]) for record in caplog.records
    ] == [
        ("WARNING", "forced_open"),
        ("INFO", "forced_closed"),
        ("INFO", "closed"),
    ]


def test_a_log_handler_may_make_calls(breaker: Breaker) -> None:
    states: list[str] = []

    class Asking(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            states.append(breaker.statistics().state)

    handler = Asking()
    logging.getLogger("sqlkit").addHandler(handler)
    try:
        fail(breaker, 20)
    finally:
        logging.getLogger("sqlkit").removeHandler(handler)
    assert states == ["open"]


def test_it_protects_a_function_which_keeps_its_signature(clock: Clock) -> None:
    up = False

    @Breaker(minimum_calls=2, permits=1, clock=clock)
    def charge(amount: int, *, currency: str = "EUR") -> str:
        """Charge a card."""
        if not up:
            raise ConnectionRefusedError
        return f"{amount} {currency}"

    assert str(inspect.signature(charge)) == "(amount: 'int', *, currency: 'str' = 'EUR') -> 'str'"
    assert charge.__doc__ == "Charge a card."
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            charge(1)
    with pytest.raises(CircuitOpen, match=r"charge: refused, since 2 calls in a row failed"):
        charge(1)
    up = True
    clock.now += 0.5
    assert charge(1) == "1 EUR"


async def test_it_protects_a_coroutine_function_which_keeps_its_signature(clock: Clock) -> None:
    breaker = Breaker(minimum_calls=2, name="payments", clock=clock)

    @breaker
    async def charge(amount: int, *, fail: bool = False) -> int:
        await asyncio.sleep(0)
        if fail:
            raise ConnectionRefusedError
        return amount

    assert inspect.iscoroutinefunction(charge)
    assert list(inspect.signature(charge).parameters) == ["amount", "fail"]
    assert await charge(3) == 3
    with pytest.raises(ConnectionRefusedError):
        await charge(3, fail=True)
    with pytest.raises(CircuitOpen, match=r"^payments: refused"):
        await charge(3)


def test_the_documented_settings_are_the_ones_there_are() -> None:
    page = Path(__file__).parents[3] / "docs" / "breaker.md"
    section = page.read_text("utf-8").split("\n## ")[1]
    documented = re.findall(r"\n\| `(\w+)` \| .* \| (\S*) ?.*\|(?=\n)", section)
    settings = {
        setting.name: setting.default
        for setting in dataclasses.fields(Breaker)
        if setting.init and setting.name != "clock"
    }
    assert [name for name, _ in documented] == list(settings)
    for name, default in documented:
        if default not in ("", "none"):
            assert float(default) == settings[name]


def test_excluded_errors_reach_the_caller_as_they_are(clock: Clock) -> None:
    @Breaker(minimum_calls=1, excluded=(ConnectionError,), clock=clock)
    def call(error: Exception) -> Any:
        raise error

    for error in (ConnectionResetError("a"), ValueError("b")):
        with pytest.raises(type(error)) as caught:
            call(error)
        assert caught.value is error
