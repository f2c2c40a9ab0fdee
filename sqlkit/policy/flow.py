"""What a policy is, and how a call flows through a chain of them.

A policy is something that happens before and after what is inside it. A chain enters its policies
from the outermost to the innermost, makes one attempt, and leaves them in the reverse order. A
policy that leaves may ask for what is inside it to be done again after a pause. Neither entering
nor leaving waits for anything, so one behaviour serves threads and tasks alike: only what drives a
call through the chain waits, see `sqlkit.policy.drive`. Calls that go well at once take a short
way, if all policies of the chain have one, see `sqlkit.policy.shortcut`.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from functools import wraps
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from sqlkit.errors import DeadlineExceeded
from sqlkit.policy.call import Call
from sqlkit.policy.deadline import current, until
from sqlkit.policy.drive import drive, drive_async
from sqlkit.policy.shortcut import Shortcut, short_way

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from sqlkit.policy.pooled import Pooled

P = ParamSpec("P")
R = TypeVar("R")


class Policy:
    """Base of all policies; a subclass overrides what it needs of `enter` and `leave`.

    A policy is also a decorator for any function or coroutine function: ``@Retry(attempts=3)``.
    """

    __slots__ = ()

    def enter(self, call: Call) -> Any:
        """Before what is inside. What it returns is given to `leave`; raising refuses the call."""

    def leave(self, call: Call, entered: Any) -> float | None:
        """After it: ``call.result`` or ``call.error`` says how it went, and may be replaced.

        Returns None, or the seconds to wait before what is inside is done again.
        """

    def shortcut(self, *, inside: bool) -> Shortcut | None:
        """What `enter` and `leave` would do, here and now, about a call that goes well at once.

        ``inside``: of calls inside a transaction, or of all others. None: they have to be called
        for each, and so have those of all other policies in the chain, for good. It is asked when
        the chain is made, before `attach`, and again when what `Shortcut.lasts` says is over.
        """
        return None if _overrides(self, "enter") or _overrides(self, "leave") else Shortcut()

    def attach(self, database: Pooled) -> None:
        """When a database is made with this policy in its chain, which may be several."""

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """The function, wrapped in this policy."""
        return wrapped(Chain([self]), function)


class Chain:
    """Policies around an attempt, the outermost first."""

    __slots__ = ("_enters", "_leaves", "alone", "inside", "policies")

    def __init__(self, policies: Sequence[Policy]) -> None:
        if isinstance(policies, Policy):
            raise TypeError(f"policies is a list: [{type(policies).__name__}(...)]")
        for policy in policies:
            if not isinstance(policy, Policy):  # pyright: ignore[reportUnnecessaryIsInstance]
                name = getattr(policy, "__name__", type(policy).__name__)
                raise TypeError(f"policies are instances of Policy, not {name}")
        self.policies = tuple(policies)
        # With their places. What a policy doesn't override isn't called: many need only one.
        places = list(enumerate(self.policies))
        self._enters = tuple((at, p.enter) for at, p in places if _overrides(p, "enter"))
        self._leaves = tuple((at, p.leave) for at, p in reversed(places) if _overrides(p, "leave"))
        self.alone = short_way(self.policies, inside=False)
        self.inside = short_way(self.policies, inside=True)

    def enter(self, call: Call, entered: list[Any]) -> None:
        """Enter what isn't entered yet, and note what it returns at its place in ``entered``.

        Raises what a policy refuses the call with.
        """
        call.attempts += 1
        for at, enter in self._enters:
            if at >= call.depth:
                call.depth = at
                entered[at] = enter(call)
        call.depth = len(entered)

    def leave(self, call: Call, entered: list[Any]) -> float | None:
        """Leave what is entered, innermost first; stops where a policy asks for another attempt."""
        call.seconds = time.monotonic() - call.began
        depth = call.depth
        for at, leave in self._leaves:
            if at < depth:
                try:
                    pause = leave(call, entered[at])
                except Exception as error:
                    call.error = error
                    continue
                if pause is not None:
                    call.depth = at + 1
                    return pause
        if self.alone is not None and self.alone.is_over:
            self.alone = short_way(self.policies, inside=False)
        if self.inside is not None and self.inside.is_over:
            self.inside = short_way(self.policies, inside=True)
        return None

    def __repr__(self) -> str:
        return f"<Chain {' '.join(type(policy).__name__ for policy in self.policies)}>"


def _overrides(policy: Policy, method: str) -> bool:
    return getattr(type(policy), method) is not getattr(Policy, method)


def wrapped(chain: Chain, function: Callable[P, R]) -> Callable[P, R]:
    """A function or coroutine function inside a chain, its signature kept.

    Calls of a database inside the function share its deadline; so does all else that a coroutine
    function awaits. The function may be repeated: decorating it says so.
    """
    # Not the repr: that of a partial shows its arguments.
    name = getattr(function, "__qualname__", type(function).__name__)

    @wraps(function)
    def call_it(*args: P.args, **kwargs: P.kwargs) -> R:
        call = _call(name)

        def attempt() -> R:
            with until(call.deadline):
                return function(*args, **kwargs)

        return drive(chain, call, attempt)

    @wraps(function)
    async def await_it(*args: P.args, **kwargs: P.kwargs) -> Any:
        call = _call(name)

        async def attempt() -> Any:
            async with _limited(call):
                return await cast("Callable[P, Awaitable[Any]]", function)(*args, **kwargs)

        return await drive_async(chain, call, attempt)

    if iscoroutinefunction(function):
        return cast("Callable[P, R]", await_it)
    return call_it


def _call(name: str) -> Call:
    call = Call(name)
    call.may_repeat = True
    call.deadline = current()
    return call


@asynccontextmanager
async def _limited(call: Call) -> AsyncGenerator[None]:
    left = call.deadline - time.monotonic()
    limit = asyncio.timeout(left if left < float("inf") else None)
    try:
        with until(call.deadline):
            async with limit:
                yield
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise DeadlineExceeded(f"{call.name}: not done when its deadline passed") from error
