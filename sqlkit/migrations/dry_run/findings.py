"""What is worth knowing of a statement that was tried: whom it would block, and what else to do.

Pure. Dangerous is what keeps readers waiting for as long as all of a big table is read: a rewrite,
or a scan under an ACCESS EXCLUSIVE lock. What stops only writes is a warning.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from sqlkit.migrations.dry_run.modes import EXCLUSIVE, blocks, spoken, stops_writes_only
from sqlkit.migrations.dry_run.safer import APART, safer
from sqlkit.migrations.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.migrations.dry_run.facts import Facts, Limits, Touched

Level: TypeAlias = Literal["error", "danger", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One of them. ``blocks``: whom it makes wait, ``safer``: the other way, where there is one.

    ``rule`` names who said it, where that isn't the dry run itself: ``squawk: ban-drop-column``.
    """

    level: Level
    message: str
    blocks: str | None = None
    safer: str | None = None
    rule: str | None = None

    @property
    def is_dangerous(self) -> bool:
        """Whether it brings exit status 1."""
        return self.level in ("error", "danger")

    def as_dict(self) -> dict[str, str | None]:
        """What ``--dry-run --json`` prints of it."""
        return asdict(self)


def findings(facts: Facts, limits: Limits) -> list[Finding]:
    """All findings of a statement."""
    sql = Statement(facts.sql, facts.line).bare
    found = [*_of_the_trial(facts)]
    for one in facts.touched:
        found += [*_of_table(one, sql, limits)]
    if other := _held_meanwhile(facts, limits):
        found.append(other)
    return found


def _of_the_trial(facts: Facts) -> Iterator[Finding]:
    if facts.error:
        yield Finding("error", facts.error)
    if facts.skipped:
        yield Finding("warning", f"not verified: {facts.skipped}")
    if facts.substitute:
        yield Finding("note", "substituted: tried without CONCURRENTLY, in a transaction")


def _of_table(one: Touched, sql: str, limits: Limits) -> Iterator[Finding]:
    if one.rewritten:
        yield _rewritten(one, sql, limits)
    elif one.scanned and one.is_big(limits):
        yield from _scanned(one, sql)
    if one.changed >= limits.rows:
        yield Finding(
            "warning",
            f"changes {one.changed:,} rows of {one.table} in one transaction",
            "others that change the same rows, until its end",
            safer(sql),
        )


def _rewritten(one: Touched, sql: str, limits: Limits) -> Finding:
    if sql.lower().startswith("truncate"):
        return Finding("warning", f"empties {one.table}", blocks(EXCLUSIVE))
    if not one.is_big(limits):
        return Finding("note", f"rewrites {one.table}, which is small ({_size(one)})")
    message = f"rewrites {one.table} ({_size(one)}) under an ACCESS EXCLUSIVE lock"
    return Finding("danger", message, f"{blocks(EXCLUSIVE)} of {one.table}", safer(sql))


def _scanned(one: Touched, sql: str) -> Iterator[Finding]:
    if one.held is None:
        return
    message = f"reads all of {one.table} ({_size(one)}) under its {spoken(one.held)} lock"
    whom = f"{blocks(one.held)} of {one.table}"
    if one.held == EXCLUSIVE:
        # The lock may be another statement's, of the same migration.
        way = safer(sql) if EXCLUSIVE in one.locks else APART
        yield Finding("danger", message, whom, way)
    elif stops_writes_only(one.held):
        yield Finding("warning", message, whom, safer(sql))


def _held_meanwhile(facts: Facts, limits: Limits) -> Finding | None:
    """A table locked by the migration stays so while this statement reads another, big one."""
    read = [one for one in facts.touched if one.scanned and one.is_big(limits)]
    held = [one for one in facts.touched if one.held == EXCLUSIVE and one not in read]
    if not read or not held or any(one.rewritten for one in held):
        return None
    names = ", ".join(one.table for one in held)
    return Finding(
        "danger",
        f"reads all of {read[0].table} ({_size(read[0])}) while {names} is under an ACCESS "
        "EXCLUSIVE lock",
        f"{blocks(EXCLUSIVE)} of {names}",
        APART,
    )


def _size(one: Touched) -> str:
    """Parallel workers count their rows for themselves, so it is the least that was read."""
    megabytes = f"{one.size / 1024 / 1024:,.1f} MB"
    return f"about {one.scanned:,} rows, {megabytes}" if one.scanned else megabytes
