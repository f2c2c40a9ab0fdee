"""The modes of a lock on a table, and whom each makes wait. Pure.

PostgreSQL manual, 13.3.1, "Table-Level Locks", with table 13.2 of which mode conflicts with which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

EXCLUSIVE = "AccessExclusiveLock"
CONCURRENT = "ShareUpdateExclusiveLock"

# As pg_locks names them, from the weakest.
_BLOCKS = {
    "AccessShareLock": "nothing but DROP, TRUNCATE and most of ALTER TABLE",
    "RowShareLock": "nothing but schema changes",
    "RowExclusiveLock": "schema changes and CREATE INDEX",
    CONCURRENT: "other schema changes and VACUUM; no reads, no writes",
    "ShareLock": "writes",
    "ShareRowExclusiveLock": "writes and other schema changes",
    "ExclusiveLock": "writes and SELECT … FOR UPDATE",
    EXCLUSIVE: "all reads and writes",
}
_ORDER = tuple(_BLOCKS)
_STOPS_WRITES = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock")


def strongest(modes: Iterable[str]) -> str | None:
    """The one that makes most others wait; None of none."""
    return max(modes, key=_ORDER.index, default=None)


def blocks(mode: str) -> str:
    """Whom the mode makes wait."""
    return _BLOCKS[mode]


def stops_writes_only(mode: str | None) -> bool:
    """Whether writes wait for it, and reads don't."""
    return mode in _STOPS_WRITES


def spoken(mode: str) -> str:
    """As the manual writes it: ``ACCESS EXCLUSIVE``."""
    words = "".join(f" {c}" if c.isupper() else c for c in mode.removesuffix("Lock"))
    return words.strip().upper()
