"""What a statement did to each table: two moments held against each other. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.migrations.dry_run.facts import Touched
from sqlkit.migrations.dry_run.modes import CONCURRENT
from sqlkit.migrations.dry_run.usual import names, usual

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlkit.migrations.dry_run.observe import Moment, Table


def difference(
    sql: str, before: Moment, after: Moment, *, known: Collection[int], concurrent: bool = False
) -> dict[int, Touched]:
    """Each table that a statement did something to, by oid.

    ``known`` are the tables that were there before the dry run: nobody waits for others. If
    ``concurrent``, it was tried without CONCURRENTLY, which will lock less.
    """
    found: dict[int, Touched] = {}
    for oid, then in before.tables.items():
        if oid not in known:
            continue
        one = _touched(sql, then, after.tables.get(oid), _modes(oid, before, after))
        if one is not None:
            found[oid] = _as_concurrent(one) if concurrent else one
    return found


def _modes(oid: int, before: Moment, after: Moment) -> tuple[set[str], set[str]]:
    """The modes on a table that are new, and those that were there."""
    old = {mode for relation, mode in before.locks if relation == oid}
    return {mode for relation, mode in after.locks if relation == oid} - old, old


def _touched(
    sql: str, then: Table, now: Table | None, modes: tuple[set[str], set[str]]
) -> Touched | None:
    new, old = modes
    rewritten = now is not None and now.filenode != then.filenode
    scans = now.scans - then.scans if now else 0
    # Indexes built on the way read the table once more each.
    read = (now.read - then.read) // scans if now and scans else 0
    changed = now.changed - then.changed if now else 0
    if old and (rewritten or read or changed or names(sql, then.name)):
        new |= {usual(sql)} & old
    if not (new or rewritten or read or changed):
        return None
    return Touched(
        table=then.name,
        locks=tuple(sorted(new)),
        rewritten=rewritten,
        scanned=read,
        changed=changed,
    )


def _as_concurrent(one: Touched) -> Touched:
    return Touched(table=one.table, locks=(CONCURRENT,))
