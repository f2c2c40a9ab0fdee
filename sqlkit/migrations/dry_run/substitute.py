"""What is tried in place of a statement that can't be in a transaction. Pure."""

from __future__ import annotations

import re

_CONCURRENT_INDEX = re.compile(
    r"(\b(?:create\s+(?:unique\s+)?|drop\s+)index)\s+concurrently\b", re.IGNORECASE
)


def substitute(sql: str) -> str | None:
    """The same index without ``concurrently``; None where there is no such form."""
    plain, count = _CONCURRENT_INDEX.subn(r"\1", sql, count=1)
    return plain if count else None
