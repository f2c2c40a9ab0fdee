"""A policy that keeps how each attempt ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlkit.policy.flow import Policy

if TYPE_CHECKING:
    from sqlkit.policy.call import Call


class Attempt(NamedTuple):
    """An attempt of a call; ``error``: SQLSTATE, the class where there is none, or nothing."""

    name: str
    phase: str
    error: str


class Seen(Policy):
    """The innermost of a chain."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []

    def leave(self, call: Call, entered: Any) -> None:
        error = call.error
        state = getattr(error, "sqlstate", None) or type(error).__name__
        self.attempts.append(Attempt(call.name, call.phase, state if error else ""))

    def errors(self, name: str) -> list[str]:
        """How the attempts of a call ended, one after the other."""
        return [attempt.error for attempt in self.attempts if attempt.name == name]
