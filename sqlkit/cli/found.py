"""What a check found, and how many of what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.compile import Notice, Stale
    from sqlkit.describe import Hazard
    from sqlkit.errors import SourceError

REASONS = {
    "missing": "is missing",
    "stale": "is stale: its .sql file or the database changed since",
    "edited": "was edited by hand",
    "orphan": "is left over: its .sql file is gone",
    "foreign": "was not written by sqlkit, and stands where it would write",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a check found; ``queries`` is their number, None where nobody asked the server."""

    stale: Sequence[Stale] = ()
    errors: Sequence[SourceError] = ()
    hazards: Sequence[Hazard] = ()
    notices: Sequence[Notice] = ()
    queries: int | None = None

    def __bool__(self) -> bool:
        """Whether there is something to put right."""
        return bool(self.stale or self.errors or self.hazards)

    def summary(self) -> str:
        """``2 hazards and 1 stale file in 14 queries``, or that all is well."""
        if not self:
            return self._well()
        counts = [
            _count(len(self.errors), "error"),
            _count(len(self.hazards), "hazard"),
            _count(len(self.stale), _of_files(self.stale)),
        ]
        listed = ", ".join(one for one in counts if one)
        # A file is not in a query.
        looked = self.queries if self.errors or self.hazards else None
        return f"{listed} in {_count(looked, 'query')}" if looked else listed

    def _well(self) -> str:
        if self.queries is None:
            return (
                "all generated files are up to date "
                "(by their hashes; neither the schema nor hazards were looked at)"
            )
        return f"all generated files are up to date, no hazards in {_count(self.queries, 'query')}"

    def as_json(self) -> dict[str, Any]:
        """What ``check --json`` prints."""
        return {
            "stale": [
                {"file": stale.path.as_posix(), "reason": stale.reason, "diff": stale.diff}
                for stale in self.stale
            ],
            "errors": [error.as_dict() for error in self.errors],
            "hazards": [hazard.as_dict() for hazard in self.hazards],
            "notices": [notice.as_dict() for notice in self.notices],
        }


def told(stale: Stale) -> str:
    """What is the matter with a generated file."""
    reason = REASONS[stale.reason]
    if stale.reason == "missing" and stale.lines:
        return f"{reason} (would have {_count(stale.lines, 'line')})"
    return reason


def _of_files(stale: Sequence[Stale]) -> str:
    reasons = {one.reason for one in stale}
    return f"{reasons.pop()} file" if len(reasons) == 1 else "wrong file"


def _count(number: int | None, noun: str) -> str:
    if not number:
        return ""
    plural = "queries" if noun == "query" else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
