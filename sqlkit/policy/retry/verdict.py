"""Whether a call that failed may be made again: by SQLSTATE, and by how far it had got. Pure.

PostgreSQL manual, Appendix A "PostgreSQL Error Codes" and 13.5 "Serialization Failure Handling".
Never by exception class: psycopg gives OperationalError for what must and must not be repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import psycopg

from sqlkit.policy.words.lost import is_lost

if TYPE_CHECKING:
    from sqlkit.policy.call import Phase

Verdict: TypeAlias = Literal["conflict", "again", "unknown", "never"]
"""``conflict``: the server undid it for the sake of another; again, until the deadline if need be.
``again``: a few times. ``unknown``: it was sent, and may or may not stand. ``never``: it would fail
again, or succeed twice."""

# The server undid the statement or transaction, and says that another attempt may succeed.
CONFLICTS = frozenset({"40001", "40P01"})

# Undone as well: rolled back for an unnamed reason, a lock not had in time, and a session that was
# closed before it read the statement.
_UNDONE = frozenset({"40000", "55P03", "57P05"})

# A write on a server that is a standby by now; on any other, in what was meant to be read-only.
_READ_ONLY = "25006"

# The server itself doesn't know.
_UNKNOWN = frozenset({"40003", "08007"})


def verdict(
    error: BaseException | None, phase: Phase, *, may_repeat: bool, standby: bool = False
) -> Verdict:
    """What to do about a call that ended in ``error`` when it had got as far as ``phase``.

    ``may_repeat``: twice is the same as once. What is ``open`` is undone as a whole, and may only
    be repeated as a whole, which that word then stands for. ``standby``: the server is one; the
    next attempt may find another.
    """
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    if state in _UNKNOWN:
        return "again" if may_repeat else "unknown"
    if is_lost(error):
        return _lost(phase, may_repeat=may_repeat)
    if phase == "open" and not may_repeat:
        return "never"
    if state in CONFLICTS:
        return "conflict"
    if state in _UNDONE or (state == _READ_ONLY and standby) or _is_stale_plan(error):
        return "again"
    return "never"


def _lost(phase: Phase, *, may_repeat: bool) -> Verdict:
    if phase == "unsent" or may_repeat:
        return "again"
    return "unknown" if phase == "sent" else "never"


def _is_stale_plan(error: BaseException | None) -> bool:
    # 0A000 means much else too; its text is translated, the name of the function is not.
    return (
        isinstance(error, psycopg.errors.FeatureNotSupported)
        and error.diag.source_function == "RevalidateCachedQuery"
    )
