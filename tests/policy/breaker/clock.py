"""A clock that tests turn, and calls through a breaker with outcomes of choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import OperationalError

from sqlkit.errors import CircuitOpen
from sqlkit.policy.call import Call

if TYPE_CHECKING:
    from sqlkit.policy.breaker import Breaker


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Begun:
    """A call that a breaker has let through, under way until `end`."""

    def __init__(self, breaker: Breaker, call: Call | None = None) -> None:
        self.breaker = breaker
        self.call = call or Call("things.do")
        self.entered: Any = breaker.enter(self.call)

    def end(self, error: BaseException | None = None) -> None:
        """Let it succeed or fail."""
        self.call.error = error
        self.breaker.leave(self.call, self.entered)


def lost() -> OperationalError:
    """What psycopg raises when the connection is lost: no SQLSTATE."""
    return OperationalError("the connection is lost")


def succeed(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        Begun(breaker).end()


def fail(breaker: Breaker, times: int = 1, error: BaseException | None = None) -> None:
    for _ in range(times):
        Begun(breaker).end(error or lost())


def passes(breaker: Breaker) -> bool:
    """Whether a call is let through; it says nothing when it ends."""
    try:
        begun = Begun(breaker)
    except CircuitOpen:
        return False
    begun.end(KeyboardInterrupt())
    return True


def state(breaker: Breaker) -> str:
    """Its state; a type checker would take the property's value for one that stays."""
    return breaker.state
