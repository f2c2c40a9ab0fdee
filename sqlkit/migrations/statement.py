"""The statements of a migration's file, and what their first words tell. Pure.

What a statement does is the server's to say; first words are enough for what must be known before
it is run: whether it ends the transaction, and whether it can't run in one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LEADING = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
_ENDS = re.compile(
    r"(?:commit|end|abort|prepare\s+transaction|rollback(?!\s+(?:work\s+|transaction\s+)?to))\b",
    re.IGNORECASE,
)
# PostgreSQL manual, the Notes of each command: "cannot be executed inside a transaction block".
_OUTSIDE = re.compile(
    r"""(?:create\s+(?:unique\s+)?index\s+concurrently | drop\s+index\s+concurrently
    | reindex\b.*\bconcurrently | reindex\s+(?:\([^)]*\)\s*)?(?:system|database) | vacuum
    | (?:create|drop)\s+(?:database|tablespace) | alter\s+system
    | alter\s+table\b.*\bdetach\s+partition\b.*\bconcurrently)\b""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_CONCURRENTLY = re.compile(r"\bconcurrently\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file, and the line on which it begins, comments included."""

    sql: str
    line: int

    @property
    def ends_transaction(self) -> bool:
        """Whether it is COMMIT, ROLLBACK or the like."""
        return bool(_ENDS.match(self.bare))

    @property
    def needs_no_transaction(self) -> bool:
        """Whether PostgreSQL refuses it inside a transaction."""
        return bool(_OUTSIDE.match(self.bare))

    @property
    def concurrent(self) -> bool:
        """Whether it is built to wait for others, and to be in nobody's way meanwhile."""
        return self.needs_no_transaction and bool(_CONCURRENTLY.search(self.bare))

    @property
    def bare(self) -> str:
        """The statement without the comments before it."""
        match = _LEADING.match(self.sql)
        return self.sql[match.end() :] if match else self.sql

    def line_of(self, position: int) -> int:
        """The file's line of a place in the statement, counted from 1 as PostgreSQL does."""
        return self.line + self.sql.count("\n", 0, max(0, position - 1))


def placed(statements: Iterable[str], text: str) -> Iterator[Statement]:
    """The statements with the line on which each begins in the text that they were split from."""
    at = 0
    for sql in statements:
        found = text.find(sql, at)
        start = at if found < 0 else found
        blanks = len(sql) - len(sql.lstrip())
        yield Statement(sql, text.count("\n", 0, start + blanks) + 1)
        at = start + len(sql)
