"""`seed`: run seeders, all of them or none, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlkit.errors import SeedingError
from sqlkit.row import Row
from sqlkit.seeding import refusal
from sqlkit.seeding.environment import environment as environment_of
from sqlkit.seeding.filling import fill
from sqlkit.seeding.lock import lock
from sqlkit.seeding.numbering import seeded
from sqlkit.seeding.seeder import Seeded, Seeder, in_order
from sqlkit.seeding.stage import Stage
from sqlkit.seeding.statements import Reading
from sqlkit.seeding.table import Table, ask
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlkit.database.connection import Connection
    from sqlkit.seeding.table import Column

AT_ONCE = 1_000
LEDGER = "public._yoyo_migration"

_CHECK_NOW: Query[None] = Query(
    name="seeding.check_now", kind="exec", lines=(Line("set constraints all immediate"),)
)


class Done(Row):
    """What one seeder did, or would do: numbers of rows. ``left`` were as they should be."""

    seeder: str
    table: str
    inserted: int
    changed: int
    left: int


class _Undone(Exception):
    """Leaves a transaction that is to be rolled back."""


def seed(
    db: Connection,
    seeders: Iterable[Seeder[Any]],
    names: Iterable[str] = (),
    *,
    fills: Mapping[str, int] | None = None,
    environment: str | None = None,
    production: bool = False,
    dry_run: bool = False,
    root: int = 0,
    wait: float = 60.0,
    ledger: str = LEDGER,
    told: Callable[[str, int, int], object] = lambda _seeder, _rows, _all: None,
) -> list[Done]:
    """Run seeders, in the order that they need each other, and say what each of them did.

    Everything is one transaction, under the lock of migrations (``ledger`` is yoyo's table), which
    is waited for at most ``wait`` seconds. With ``dry_run`` it is rolled back; sequences have
    counted on then, as after any rollback. ``root`` is the root seed of factories; ``told`` hears
    of the rows done so far. ``fills``: tables to `fill` afterwards. ``environment`` and
    ``production``: see `sqlkit.seeding.environment`.

    Raises `SeederFailed` for a row that PostgreSQL refuses, `MigrationLocked`, and `WrongArgument`
    for an unknown name or production.
    """
    done: list[Done] = []
    try:
        with db.transaction() as tx:
            chosen = environment_of(tx, environment, production=production)
            ordered = in_order(seeders, names, chosen)
            lock(tx, ledger, wait)
            before = Seeded()
            for each in ordered:
                with seeded(root):
                    done.append(_run(tx, each, before, told))
            filled = fill(tx, fills, seed=root) if fills else {}
            done += [Done(table, table, rows, 0, 0) for table, rows in filled.items()]
            if dry_run:
                raise _Undone  # noqa: TRY301  to leave the block is to roll back
    except _Undone:
        pass
    return done


def _run(
    tx: Connection, seeder: Seeder[Any], before: Seeded, told: Callable[[str, int, int], object]
) -> Done:
    rows = list(seeder.rows(before))
    told(seeder.name, 0, len(rows))
    if not rows:
        before.keep(seeder, [])
        return Done(seeder.name, seeder.table, 0, 0, 0)
    stage = _stage(tx, seeder, rows)
    values = [tuple(getattr(row, column.name) for column in stage.columns) for row in rows]
    _check_keys(seeder, rows)
    inserted, changed = 0, 0
    kept: list[Any] = []
    for start in range(0, len(values), AT_ONCE):
        part = values[start : start + AT_ONCE]
        more = _write(tx, stage, part, start)
        inserted, changed = inserted + more[0], changed + more[1]
        kept += stage.read(tx)
        told(seeder.name, start + len(part), len(values))
    before.keep(seeder, kept)
    _finish(tx, seeder, stage, is_new=bool(inserted or changed))
    return Done(seeder.name, seeder.table, inserted, changed, len(rows) - inserted - changed)


def _write(
    tx: Connection, stage: Stage, rows: Sequence[Sequence[Any]], start: int
) -> tuple[int, int]:
    try:
        with tx.transaction() as savepoint:
            return stage.write(savepoint, rows)
    except refusal.Refusal as error:
        found = refusal.find(tx, stage, rows)
        if found is None:
            raise refusal.failed(stage, error) from None
        place, reason = found
        names = [column.name for column in stage.columns]
        key = [rows[place][names.index(column.name)] for column in stage.key]
        raise refusal.failed(stage, reason, start + place, key) from None


def _finish(tx: Connection, seeder: Seeder[Any], stage: Stage, *, is_new: bool) -> None:
    """Check what is deferred, and let the seeder do what comes of its rows."""
    try:
        with tx.transaction() as savepoint:
            savepoint.run(Statement(_CHECK_NOW))
            raise _Undone  # noqa: TRY301  the next seeder's constraints are deferred again
    except _Undone:
        pass
    except refusal.Refusal as error:
        raise refusal.failed(stage, error) from None
    if is_new and seeder.then is not None:
        seeder.then(tx)


def _stage(tx: Connection, seeder: Seeder[Any], rows: Sequence[Row]) -> Stage:
    name = f"seeder {seeder.name}"
    classes = {type(row) for row in rows}
    if len(classes) > 1:
        named = ", ".join(sorted(each.__name__ for each in classes))
        raise SeedingError(f"{name} gives rows of several classes: {named}")
    row = classes.pop()
    table = Table.answered(seeder.table, tx.run(ask(seeder.table)), name)
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
