"""How one seeder's rows get into its table, as a conversation."""

from __future__ import annotations

from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from sqlkit.errors import SeederFailed, SeedingError, SqlkitError
from sqlkit.row import Row
from sqlkit.seeding import refusal
from sqlkit.seeding.conversation import Progress, Savepoint, Then
from sqlkit.seeding.stage import Stage
from sqlkit.seeding.statements import Reading
from sqlkit.seeding.table import Table, look_up
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.seeding.conversation import Conversation
    from sqlkit.seeding.seeder import Seeded, Seeder
    from sqlkit.seeding.table import Column

AT_ONCE = 1_000

_CHECK_NOW: Query[None] = Query(
    name="seeding.check_now", kind="exec", lines=(Line("set constraints all immediate"),)
)


def sow(seeder: Seeder[Any], before: Seeded) -> Conversation[tuple[int, int, int]]:
    """Write a seeder's rows: how many were inserted, changed, and left as they were."""
    rows = _rows(seeder, before)
    yield Progress(seeder.name, 0, len(rows))
    if not rows:
        before.keep(seeder, [])
        return 0, 0, 0
    stage = yield from _stage(seeder, rows)
    values = [tuple(getattr(row, column.name) for column in stage.columns) for row in rows]
    _check_keys(seeder, rows)
    inserted, changed = 0, 0
    kept: list[Any] = []
    for start in range(0, len(values), AT_ONCE):
        part = values[start : start + AT_ONCE]
        more = yield from _write(stage, part, start)
        inserted, changed = inserted + more[0], changed + more[1]
        kept += yield stage.read()
        yield Progress(seeder.name, start + len(part), len(values))
    before.keep(seeder, kept)
    yield from _finish(seeder, stage, is_new=bool(inserted or changed))
    return inserted, changed, len(rows) - inserted - changed


def _rows(seeder: Seeder[Any], before: Seeded) -> list[Row]:
    """What a seeder's function gives. Raises `SeederFailed` if it fails, or gives no rows."""
    try:
        given: Any = seeder.rows(before)
        rows: list[Any] = [] if given is None else list(given)
    except SqlkitError as error:
        error.add_note(f"in the seeder {seeder.name}")
        raise
    except Exception as error:
        last = extract_tb(error.__traceback__)[-1]
        where = f" at {last.filename}:{last.lineno}" if last.filename != __file__ else ""
        raise SeederFailed(
            f"seeder {seeder.name}: its function failed{where}: {type(error).__name__}: {error}",
            seeder=seeder.name,
        ) from error
    if given is None:
        raise SeedingError(f"seeder {seeder.name} gives None: return a list of rows, or yield them")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Row):
            raise SeedingError(
                f"seeder {seeder.name}, row {number} is a {type(row).__name__}: it must be of a "
                "row class, a compiled one or one of your own (class Member(Row))"
            )
    return rows


def _write(
    stage: Stage, rows: Sequence[Sequence[Any]], start: int
) -> Conversation[tuple[int, int]]:
    try:
        written: tuple[int, int] = yield Savepoint(stage.write(rows))
    except refusal.Refusal as error:
        found = yield from refusal.find(stage, rows)
        if found is None:
            raise refusal.failed(stage, error) from None
        place, reason = found
        names = [column.name for column in stage.columns]
        key = [rows[place][names.index(column.name)] for column in stage.key]
        raise refusal.failed(stage, reason, start + place, key) from None
    return written


def _finish(seeder: Seeder[Any], stage: Stage, *, is_new: bool) -> Conversation[None]:
    """Check what is deferred, and let the seeder do what comes of its rows."""
    try:
        # Undone, so that the next seeder's constraints are deferred again.
        yield Savepoint(_check_now(), undo=True)
    except refusal.Refusal as error:
        raise refusal.failed(stage, error) from None
    if is_new:
        yield Then(seeder.name, seeder.then, seeder.then_async)


def _check_now() -> Conversation[None]:
    yield Statement(_CHECK_NOW)


def _stage(seeder: Seeder[Any], rows: Sequence[Row]) -> Conversation[Stage]:
    name = f"seeder {seeder.name}"
    classes = {type(row) for row in rows}
    if len(classes) > 1:
        named = ", ".join(sorted(each.__name__ for each in classes))
        raise SeedingError(f"{name} gives rows of several classes: {named}")
    row = classes.pop()
    table = yield from look_up(seeder.table, name)
    reading = Reading(row, table.pick(row.__struct_fields__, name))
    key = table.pick(seeder.key, name)
    Table(table.name, tuple(reading.columns)).pick(seeder.key, f"{name}, {row.__name__}")
    columns = [column for column in reading.columns if _is_sent(column, seeder)]
    kept = {column.name for column in table.pick(seeder.keep, name)}
    changed = [c for c in columns if c not in key and c.name not in kept]
    return Stage(name, table, columns, key, changed, reading)


def _is_sent(column: Column, seeder: Seeder[Any]) -> bool:
    """Whether a seeder brings the column; what the database numbers only as part of the key."""
    if column.generated:
        return False
    return column.sequence is None or column.name in seeder.key


def _check_keys(seeder: Seeder[Any], rows: Sequence[Row]) -> None:
    """Raise `SeedingError` for a natural key that is NULL or there twice."""
    seen: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(rows, 1):
        key = tuple(getattr(row, name) for name in seeder.key)
        if None in key:
            raise SeedingError(
                f"seeder {seeder.name}, row {number}: {seeder.key[key.index(None)]} is part of the "
                "natural key, and NULL"
            )
        first = seen.setdefault(key, number)
        if first != number:
            raise SeedingError(
                f"seeder {seeder.name}, row {number} has the natural key of row {first}: "
                f"{', '.join(seeder.key)}"
            )
