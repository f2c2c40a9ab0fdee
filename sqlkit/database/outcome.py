"""What became of a call that failed: how far it had got, and whether what it wrote stands. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from sqlkit.database import control
from sqlkit.errors import CommitUnknown, DeadlineExceeded
from sqlkit.policy.retry.repeatable import may_repeat
from sqlkit.policy.retry.verdict import verdict
from sqlkit.policy.words.lost import is_lost

if TYPE_CHECKING:
    from sqlkit.database import wire
    from sqlkit.database.settings import Settings
    from sqlkit.policy.call import Call, Phase

Outcome: TypeAlias = Literal["committed", "aborted", "unknown"]


def phase(conn: wire.AnyConnection, depth: int) -> Phase:
    """How far a call had got on a connection, ``depth`` transactions deep."""
    if not conn.sent:
        return "unsent"
    return "open" if depth else "sent"


def note(call: Call, conn: wire.AnyConnection, depth: int, settings: Settings) -> None:
    """Tell a call that failed how far it had got, and whether it met a standby unexpectedly."""
    call.phase = phase(conn, depth)
    if not settings.read_only and not conn.closed:
        call.standby = conn.info.parameter_status("in_hot_standby") == "on"


def failed(
    call: Call, conn: wire.AnyConnection, depth: int, settings: Settings, error: BaseException
) -> BaseException:
    """The error to raise for a statement that failed: `CommitUnknown` if it may stand."""
    note(call, conn, depth, settings)
    if call.phase == "sent" and _may_have_committed(call) and not is_lost(error):
        call.phase = "open"  # the server undid the rest, and not what it had committed before
    if verdict(error, call.phase, may_repeat=may_repeat(call)) != "unknown":
        return error
    return unknown(
        f"{call.name} was sent, and the connection lost before the answer: it may stand, or not",
        error,
    )


def _may_have_committed(call: Call) -> bool:
    query = call.query
    if query is None:
        return False
    return query.kind == "script" or control.may_commit(query.variant(call.args).sql)


def unknown(message: str, cause: BaseException) -> CommitUnknown:
    """`CommitUnknown`, caused by another error."""
    error = CommitUnknown(message)
    error.__cause__ = cause
    return error


def is_in_doubt(error: BaseException) -> bool:
    """Whether a COMMIT that ended so may have been done nevertheless."""
    late = isinstance(error, DeadlineExceeded)
    return late or verdict(error, "sent", may_repeat=False) == "unknown"


def conclude(outcome: Outcome, error: BaseException) -> BaseException | None:
    """The error to raise for a COMMIT whose outcome was asked for; None if it is committed."""
    if outcome == "committed":
        return None
    if outcome == "aborted":
        return error
    return unknown(
        "COMMIT was sent, and the connection lost before the answer; what became of the "
        "transaction could not be found out",
        error,
    )
