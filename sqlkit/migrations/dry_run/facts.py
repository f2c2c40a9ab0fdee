"""What was seen of one statement while it was tried."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something is dangerous, and how long a statement may take, in seconds.

    A table of fewer than ``rows`` rows and ``size`` bytes is small: nobody notices a scan of it.
    """

    rows: int = 10_000
    size: int = 8 * 1024 * 1024
    statement_timeout: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a statement did to a table that was there before the dry run.

    ``locks`` are the modes that it took, ``held`` the strongest that its migration has by now;
    ``scanned`` and ``changed`` are rows, ``size`` is in bytes.
    """

    table: str
    locks: tuple[str, ...] = ()
    held: str | None = None
    rewritten: bool = False
    scanned: int = 0
    changed: int = 0
    size: int = 0

    def is_big(self, limits: Limits) -> bool:
        """Whether reading all of it takes long enough to be noticed."""
        return self.scanned >= limits.rows or self.size >= limits.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One statement, tried: how long it took (in seconds), and what it did to which tables.

    ``substitute`` is what was run in its place, ``skipped`` why nothing was, ``error`` how it
    failed.
    """

    migration: str
    path: Path
    line: int
    sql: str
    seconds: float = 0.0
    touched: tuple[Touched, ...] = ()
    substitute: str | None = None
    skipped: str | None = None
    error: str | None = None

    @property
    def place(self) -> str:
        """``migrations/0001.users.sql:3``."""
        return f"{self.path}:{self.line}"

    @property
    def rows(self) -> int:
        """How many rows it inserted, changed and deleted, in tables that were there before."""
        return sum(one.changed for one in self.touched)

    def as_dict(self) -> dict[str, Any]:
        """What ``--dry-run --json`` prints of it."""
        return {
            "migration": self.migration,
            "file": self.path.as_posix(),
            "line": self.line,
            "sql": self.sql,
            "seconds": round(self.seconds, 6),
            "rows": self.rows,
            "tables": [asdict(one) for one in self.touched],
            "substitute": self.substitute,
            "skipped": self.skipped,
            "error": self.error,
        }
