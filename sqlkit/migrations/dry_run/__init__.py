"""What applying would do, found out by doing it where nothing of it stays."""

from __future__ import annotations

from sqlkit.migrations.dry_run.facts import Facts, Limits, Touched
from sqlkit.migrations.dry_run.findings import Finding, findings
from sqlkit.migrations.dry_run.scratch import Again, Reversal, scratch
from sqlkit.migrations.dry_run.squawk import Lint, find_squawk, squawk
from sqlkit.migrations.dry_run.verify import verify

__all__ = [
    "Again",
    "Facts",
    "Finding",
    "Limits",
    "Lint",
    "Reversal",
    "Touched",
    "find_squawk",
    "findings",
    "scratch",
    "squawk",
    "verify",
]
