"""`fill` and `TableFactory`: rows for tables of which only the catalog is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlkit.seeding.fill import create as created
from sqlkit.seeding.fill import fill as filled
from sqlkit.seeding.numbering import current
from sqlkit.seeding.waiting import unheard, wait, wait_async

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlkit.database.async_connection import AsyncConnection
    from sqlkit.database.connection import Connection
    from sqlkit.seeding.conversation import Told


def fill(
    db: Connection, wanted: Mapping[str, int], *, seed: int = 0, told: Told = unheard
) -> dict[str, int]:
    """Put made-up rows into tables, so many into each; how many were put into which.

    The rows are valid by types, NOT NULL, lengths, CHECK, enums, domains, unique indexes, exclusion
    constraints and foreign keys. Empty tables that are referred to get rows too. All of it is one
    transaction; ``told`` hears of each table's rows. Raises `SeedingError`, which names the
    constraint that can't be satisfied.
    """
    return wait(db, filled(wanted, seed), told)


async def fill_async(
    db: AsyncConnection, wanted: Mapping[str, int], *, seed: int = 0, told: Told = unheard
) -> dict[str, int]:
    """What `fill` does, for an async connection."""
    return await wait_async(db, filled(wanted, seed), told)


@dataclass(frozen=True, slots=True)
class TableFactory:
    """Made-up rows of a table of which only the catalog is known; rows are named tuples."""

    table: str

    def create(self, db: Connection, **fields: Any) -> Any:
        """Put a row into the table, its parents first; columns may be given."""
        return self.create_batch(db, 1, **fields)[0]

    def create_batch(self, db: Connection, count: int, /, **fields: Any) -> list[Any]:
        """Put rows into the table, the parents they need first; columns may be given.

        Raises `SeedingError`, which names the constraint that can't be satisfied.
        """
        return wait(db, created(self.table, count, fields, current().seed))

    async def create_async(self, db: AsyncConnection, **fields: Any) -> Any:
        """What `create` does, for an async connection."""
        return (await self.create_batch_async(db, 1, **fields))[0]

    async def create_batch_async(
        self, db: AsyncConnection, count: int, /, **fields: Any
    ) -> list[Any]:
        """What `create_batch` does, for an async connection."""
        return await wait_async(db, created(self.table, count, fields, current().seed))
