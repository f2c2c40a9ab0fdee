"""Applies a folder of yoyo migrations to a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit import migrations

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

# A database of one's own has no history to keep an order with.
_SETTINGS = migrations.Settings(out_of_order=True)


def apply(url: str, folder: Path) -> tuple[str, ...]:
    """Apply the migrations that this database doesn't have yet; gives their names, in order.

    Each is a transaction of its own, as with the command ``yoyo apply``. What PostgreSQL refuses is
    raised as psycopg raised it, with a note that names the migration.
    """
    return tuple(each(url, folder))


def each(url: str, folder: Path) -> Generator[str]:
    """As `apply`, but the caller may look at the database after each migration, by its name."""
    found = migrations.read(folder)
    from sqlkit.migrations.backend import Backend  # needs yoyo

    with Backend.open(url, _SETTINGS) as backend:
        for migration in migrations.apply(backend, found):
            yield migration.id
