from __future__ import annotations

import asyncio
import inspect
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from sqlkit.errors import DeadlineExceeded
from sqlkit.policy.call import Call
from sqlkit.policy.deadline import current, deadline
from sqlkit.policy.drive import drive, drive_async
from sqlkit.policy.flow import Chain, Policy

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Noted(Policy):
    """Writes down what happens to it."""

    name: str
    notes: list[str]
    again: int = 0
    refuse: bool = False
    pauses: float = 0.0

    def enter(self, call: Call) -> str:
        if self.refuse:
            raise PermissionError(self.name)
        self.notes.append(f"+{self.name}")
        return f"entered {self.name}"

    def leave(self, call: Call, entered: Any) -> float | None:
        assert entered == f"entered {self.name}"
        how = type(call.error).__name__ if call.error else call.result
        self.notes.append(f"-{self.name} {how}")
        if self.again:
            self.again -= 1
            return self.pauses
        return None


def both_ways(policies: list[Policy], attempt: Callable[[], Any]) -> list[Callable[[], Any]]:
    """A call through the policies, as threads and as tasks make it."""

    async def awaited() -> Any:
        return attempt()

    return [
        lambda: drive(Chain(policies), Call("f"), attempt),
        lambda: asyncio.run(drive_async(Chain(policies), Call("f"), awaited)),
    ]


def failing(*errors: BaseException) -> Callable[[], str]:
    left = list(errors)

    def attempt() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return attempt


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.mark.parametrize("way", [0, 1])
def test_the_first_policy_is_the_outermost(notes: list[str], way: int) -> None:
    policies: list[Policy] = [Noted("a", notes), Noted("b", notes)]
    assert both_ways(policies, lambda: "done")[way]() == "done"
    assert notes == ["+a", "+b", "-b done", "-a done"]


@pytest.mark.parametrize("way", [0, 1])
def test_a_policy_has_only_what_is_inside_it_done_again(notes: list[str], way: int) -> None:
    policies: list[Policy] = [Noted("a", notes), Noted("b", notes, again=1), Noted("c", notes)]
    assert both_ways(policies, failing(ValueError()))[way]() == "done"
    assert notes == [
        *("+a", "+b", "+c", "-c ValueError", "-b ValueError"),
        *("+c", "-c done", "-b done", "-a done"),
    ]


@pytest.mark.parametrize("way", [0, 1])
def test_a_refusal_leaves_the_policies_outside_and_attempts_nothing(
    notes: list[str], way: int
) -> None:
    policies: list[Policy] = [Noted("a", notes), Noted("b", notes, refuse=True)]
    with pytest.raises(PermissionError):
        both_ways(policies, pytest.fail)[way]()
    assert notes == ["+a", "-a PermissionError"]


@pytest.mark.parametrize("way", [0, 1])
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_stops_a_program_leaves_every_policy_and_is_raised(
    notes: list[str], way: int, error: type[BaseException]
) -> None:
    with pytest.raises(error):
        both_ways([Noted("a", notes), Noted("b", notes)], failing(error()))[way]()
    assert notes == ["+a", "+b", f"-b {error.__name__}", f"-a {error.__name__}"]


async def test_a_task_cancelled_while_it_pauses_leaves_the_policies(notes: list[str]) -> None:
    chain = Chain([Noted("a", notes), Noted("b", notes, again=1, pauses=60)])

    async def attempt() -> None:
        raise ValueError

    task = asyncio.create_task(drive_async(chain, Call("f"), attempt))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert notes[-2:] == ["-b CancelledError", "-a CancelledError"]


@dataclass
class Otherwise(Policy):
    """Gives a default for what fails."""

    def leave(self, call: Call, entered: Any) -> None:
        if call.error is not None:
            call.error, call.result = None, "otherwise"


@dataclass
class Broken(Policy):
    def leave(self, call: Call, entered: Any) -> None:
        raise LookupError


@pytest.mark.parametrize("way", [0, 1])
def test_a_policy_may_replace_an_error_by_a_result(way: int) -> None:
    assert both_ways([Otherwise()], failing(ValueError()))[way]() == "otherwise"


@pytest.mark.parametrize("way", [0, 1])
def test_a_policy_that_fails_is_the_calls_error_and_the_others_are_left(
    notes: list[str], way: int
) -> None:
    with pytest.raises(LookupError):
        both_ways([Noted("a", notes), Broken()], lambda: "done")[way]()
    assert notes == ["+a", "-a LookupError"]


def test_a_class_in_place_of_a_policy_is_an_error_that_names_it() -> None:
    with pytest.raises(TypeError, match="instances of Policy, not Otherwise"):
        Chain([Otherwise])  # type: ignore[list-item] # pyright: ignore[reportArgumentType]


# --- As decorators


def test_a_decorated_function_keeps_its_name_and_signature(notes: list[str]) -> None:
    @Noted("a", notes)
    def add(x: int, *, y: int = 1) -> int:
        """Add."""
        return x + y

    assert (add(1, y=2), add.__name__, add.__doc__) == (3, "add", "Add.")
    assert str(inspect.signature(add)) == "(x: 'int', *, y: 'int' = 1) -> 'int'"
    assert notes == ["+a", "-a 3"]


def test_a_partial_is_named_without_its_arguments() -> None:
    names: list[str] = []

    @dataclass
    class Names(Policy):
        def enter(self, call: Call) -> None:
            names.append(call.name)

    Names()(partial(len, "a password"))()
    assert names == ["partial"]


async def test_a_decorated_coroutine_function_is_awaited_inside_the_policy(
    notes: list[str],
) -> None:
    @Noted("a", notes, again=1)
    async def add(x: int, y: int) -> int:
        await asyncio.sleep(0)
        return x + y

    assert inspect.iscoroutinefunction(add)
    assert await add(1, 2) == 3
    assert notes == ["+a", "-a 3", "-a 3"]


@dataclass
class Within(Policy):
    seconds: float
    seen: list[float] = field(default_factory=list[float])

    def enter(self, call: Call) -> None:
        call.deadline = min(call.deadline, self.seconds)


async def test_a_decorated_function_shares_its_deadline_with_the_calls_inside() -> None:
    @Within(5.0)
    def plain() -> float:
        return current()

    @Within(1e9)
    async def coroutine() -> float:
        return current()

    assert (plain(), await coroutine()) == (5.0, 1e9)


async def test_a_decorated_coroutine_function_stops_at_its_deadline() -> None:
    @Noted("a", [])
    async def sleepy() -> None:
        await asyncio.sleep(60)

    with pytest.raises(DeadlineExceeded, match="sleepy"), deadline(0.01):
        await sleepy()


async def test_a_timeout_error_of_the_function_s_own_stays_what_it_is() -> None:
    @Noted("a", [])
    async def own() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match=r"^mine$"):
        await own()


def test_an_error_leaves_no_cycle_behind() -> None:
    call = Call("f")
    with pytest.raises(ValueError, match="x"):
        drive(Chain([]), call, failing(ValueError("x")))
    assert call.error is None
