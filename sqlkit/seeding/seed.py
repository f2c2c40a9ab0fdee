"""`seed`: run seeders, all of them or none, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlkit.row import Row
from sqlkit.seeding import waiting
from sqlkit.seeding.environment import environment as environment_of
from sqlkit.seeding.fill import fill
from sqlkit.seeding.lock import lock
from sqlkit.seeding.numbering import seeded
from sqlkit.seeding.seeder import Seeded, Seeder, in_order
from sqlkit.seeding.sowing import sow
from sqlkit.seeding.waiting import unheard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlkit.database.async_connection import AsyncConnection
    from sqlkit.database.connection import Connection
    from sqlkit.seeding.conversation import Conversation, Told

LEDGER = "public._yoyo_migration"


class Done(Row):
    """What one seeder did, or would do: numbers of rows. ``left`` were as they should be."""

    seeder: str
    table: str
    inserted: int
    changed: int
    left: int


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
    told: Told = unheard,
) -> list[Done]:
    """Run seeders, in the order that they need each other, and say what each of them did.

    Everything is one transaction, under the lock of migrations (``ledger`` is yoyo's table), which
    is waited for at most ``wait`` seconds. With ``dry_run`` it is rolled back; sequences have
    counted on then, as after any rollback. ``root`` is the root seed of factories; ``told`` hears
    of the rows done so far. ``fills``: tables to `fill` afterwards. ``environment`` and
    ``production``: see `sqlkit.seeding.environment`.

    Raises `SeederFailed` for a row that PostgreSQL refuses, `SeedingError` for a seeder or a table
    that can't be gone about, `MigrationLocked`, and `WrongArgument` for an unknown name or
    production.
    """
    run = _run(seeders, names, fills or {}, environment, production, root, wait, ledger)
    return waiting.wait(db, run, told, undo=dry_run)


async def seed_async(
    db: AsyncConnection,
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
    told: Told = unheard,
) -> list[Done]:
    """What `seed` does, for an async connection; seeders' ``then_async`` is called."""
    run = _run(seeders, names, fills or {}, environment, production, root, wait, ledger)
    return await waiting.wait_async(db, run, told, undo=dry_run)


def _run(
    seeders: Iterable[Seeder[Any]],
    names: Iterable[str],
    fills: Mapping[str, int],
    environment: str | None,
    production: bool,
    root: int,
    seconds: float,
    ledger: str,
) -> Conversation[list[Done]]:
    chosen = yield from environment_of(environment, production=production)
    ordered = in_order(seeders, names, chosen)
    yield from lock(ledger, seconds)
    done: list[Done] = []
    before = Seeded()
    for each in ordered:
        with seeded(root):
            inserted, changed, left = yield from sow(each, before)
        done.append(Done(each.name, each.table, inserted, changed, left))
    filled: dict[str, int] = (yield from fill(fills, root)) if fills else {}
    return done + [Done(table, table, rows, 0, 0) for table, rows in filled.items()]
