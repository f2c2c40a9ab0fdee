"""One record for each call, in the standard library's logging."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg

from sqlkit.errors import CommitUnknown
from sqlkit.policy.flow import Policy
from sqlkit.policy.log import shown
from sqlkit.policy.setting import check
from sqlkit.policy.shortcut import Shortcut
from sqlkit.policy.words.label import batched, title
from sqlkit.policy.words.lost import is_lost
from sqlkit.policy.words.outcome import outcome, sqlstate

if TYPE_CHECKING:
    from sqlkit.policy.call import Call

logger = logging.getLogger("sqlkit")

# Conflicts given up, resources, intervention, the system, internal and configuration errors: not
# one statement is at fault but the database, or how it is used.
_UNWELL = frozenset({"08", "40", "53", "57", "58", "F0", "XX"})


@dataclass(frozen=True, slots=True)
class Log(Policy):
    """Log each call to the logger ``sqlkit``: at DEBUG, or if it was slow at WARNING.

    A call that fails raises its error to the caller, who knows better whether it matters. So what
    says that the database is unwell, or that a write's fate is unknown, is a WARNING; any other
    error is INFO; an answer without rows and a call that was refused or cancelled are DEBUG.

    ``slow``: in seconds. ``parameters``: whether to log the arguments' values, each cut to
    ``length`` characters; no record holds any without it. For that, no record holds a message of
    PostgreSQL's either, which quotes values: SQLSTATE, constraint and table say what happened.
    """

    slow: float = 0.5
    parameters: bool = False
    length: int = 100

    def __post_init__(self) -> None:
        check(self, "seconds", "slow", least=0)
        check(self, "characters", "length", least=1, whole=True)

    def shortcut(self, *, inside: bool) -> Shortcut:
        """Nothing, unless it is slow, or somebody wants them all."""
        return Shortcut(slow=self.slow, sees=partial(logger.isEnabledFor, logging.DEBUG))

    def leave(self, call: Call, entered: Any) -> None:
        """Write the record, if anyone wants it."""
        seconds = call.seconds
        if call.error is not None:
            self._failed(call, call.error, seconds)
        elif seconds >= self.slow:
            self._done(logging.WARNING, "slow", call, seconds)
        elif logger.isEnabledFor(logging.DEBUG):
            self._done(logging.DEBUG, "call", call, seconds)

    def _done(self, wanted: int, event: str, call: Call, seconds: float) -> None:
        logger.log(
            wanted,
            "%s is slow: %s in %s%s" if event == "slow" else "%s %s in %s%s",
            title(call),
            shown.rows(call) or "done",
            shown.duration(seconds),
            _attempts(call),
            extra=self._extra(event, call, seconds),
        )

    def _failed(self, call: Call, error: BaseException, seconds: float) -> None:
        wanted = level(error)
        if not logger.isEnabledFor(wanted):
            return
        told = told_of(error)
        logger.log(
            wanted,
            "%s failed after %s%s: %s",
            title(call),
            shown.duration(seconds),
            _attempts(call),
            " ".join(filter(None, told.values())),
            extra={**self._extra("failed", call, seconds), **told},
        )

    def _extra(self, event: str, call: Call, seconds: float) -> dict[str, Any]:
        query = call.query
        extra: dict[str, Any] = {
            "sqlkit_event": event,
            "sqlkit_query": call.name,
            "sqlkit_batch": batched(call) or None,
            "sqlkit_database": call.database,
            "sqlkit_seconds": seconds,
            "sqlkit_rows": None if query is None else call.rows,
            "sqlkit_attempts": call.attempts,
            "sqlkit_source": None if query is None else query.source,
        }
        if self.parameters:
            extra["sqlkit_parameters"] = shown.parameters(call, self.length)
        return extra


def level(error: BaseException) -> int:
    """The level that a failed call is logged at."""
    how = outcome(error)
    state = sqlstate(error) or ""
    if how == "timeout" or state[:2] in _UNWELL or is_lost(error):
        return logging.WARNING
    if isinstance(error, CommitUnknown):
        return logging.WARNING
    return logging.INFO if how == "error" else logging.DEBUG


def told_of(error: BaseException) -> dict[str, str | None]:
    """What may be told of an error: names, and nothing that could hold a value."""
    told = {"sqlkit_error": type(error).__name__, "sqlkit_sqlstate": sqlstate(error)}
    if isinstance(error, psycopg.Error):
        told["sqlkit_constraint"] = error.diag.constraint_name
        told["sqlkit_table"] = error.diag.table_name
    return told


def _attempts(call: Call) -> str:
    return f", {call.attempts} attempts" if call.attempts > 1 else ""
