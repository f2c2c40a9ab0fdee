"""What a breaker tells about itself: its counts, and each change of its state."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from sqlkit.policy.words.outcome import sqlstate

if TYPE_CHECKING:
    from sqlkit.policy.breaker.circuit import State

logger = logging.getLogger("sqlkit")


class Statistics(NamedTuple):
    """A breaker at one moment.

    ``calls``, and how many of them were ``failures`` and ``slow``: in the window, while closed.
    ``probes``: under way, while half open. ``refused``: calls, since it was made. ``opened``: how
    often, since then; a try that failed opens it again, which doesn't count.
    """

    state: State
    calls: int
    failures: int
    slow: int
    probes: int
    refused: int
    opened: int

    @property
    def failure_rate(self) -> float:
        """The share of the calls that failed; 0 if there were none."""
        return self.failures / self.calls if self.calls else 0.0


class Change(NamedTuple):
    """From how a breaker was to another state.

    ``again``: as before in the same outage. ``why``: it opened; ``error``: the failure that did it.
    """

    name: str
    before: Statistics
    after: State
    again: bool
    why: str = ""
    error: BaseException | None = None


_TEXT: dict[State, str] = {
    "closed": "calls pass again",
    "open": "calls are refused",
    "half_open": "a few calls are let through to try",
    "forced_open": "opened by hand, calls are refused",
    "forced_closed": "closed by hand, calls pass uncounted",
}


def log(change: Change) -> None:
    """Write a record of it. Not to be called with a lock held: handlers may take their time."""
    before, error = change.before, change.error
    logger.log(
        _level(change),
        "breaker%s is %s, was %s: %s%s",
        f" of {change.name}" if change.name else "",
        change.after.replace("_", " "),
        before.state.replace("_", " "),
        f"{change.why}; " if change.why else "",
        _TEXT[change.after],
        extra={
            "sqlkit_event": "breaker",
            "sqlkit_database": change.name,
            "sqlkit_breaker_state": change.after,
            "sqlkit_calls": before.calls,
            "sqlkit_failures": before.failures,
            "sqlkit_failure_rate": before.failure_rate,
            "sqlkit_slow_calls": before.slow,
            "sqlkit_refused": before.refused,
            "sqlkit_error": None if error is None else type(error).__name__,
            "sqlkit_sqlstate": sqlstate(error),
        },
    )


def _level(change: Change) -> int:
    if change.after == "forced_open" or (change.after, change.before.state) == ("open", "closed"):
        return logging.WARNING
    # A long outage is one warning, not one for each try.
    if change.after == "open" or (change.after == "half_open" and change.again):
        return logging.DEBUG
    return logging.INFO
