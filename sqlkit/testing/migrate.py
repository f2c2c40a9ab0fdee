"""Applies a folder of yoyo migrations to a database."""

from __future__ import annotations

import contextlib
import glob
import io
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlkit.errors import ProjectError
from sqlkit.testing.urls import url_of

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


def apply(url: str, folder: Path) -> tuple[str, ...]:
    """Apply the migrations that this database doesn't have yet; gives their names, in order.

    Each is a transaction of its own, as with the command ``yoyo apply``. What PostgreSQL refuses is
    raised as psycopg raised it, with a note that names the migration.
    """
    return tuple(each(url, folder))


def each(url: str, folder: Path) -> Generator[str]:
    """As `apply`, but the caller may look at the database after each migration, by its name."""
    if not folder.is_dir():
        raise ProjectError(f"there is no folder of migrations at {folder}")
    yoyo = _yoyo()
    migrations = yoyo.read_migrations(glob.escape(str(folder)))
    with _backend(url) as backend, backend.lock():
        missing = backend.to_apply(migrations)
        for migration in missing:
            _apply_one(backend, migration)
            yield str(migration.id)
        backend.run_post_apply(missing)


def _yoyo() -> Any:
    try:
        return import_module("yoyo")
    except ImportError as error:
        raise ProjectError("migrations need yoyo: pip install 'sqlkit-pg[migrations]'") from error


@contextlib.contextmanager
def _backend(url: str) -> Generator[Any]:
    """A connection of yoyo's, closed at the end, while nothing is printed.

    ``yoyo.get_backend`` would leave it open.
    """
    connections = import_module("yoyo.connections")
    address = connections.parse_uri(url_of(url).replace("postgresql:", "postgresql+psycopg:", 1))
    kind = connections.get_backend_class(address.scheme)
    with (
        kind(address, connections.default_migration_table) as backend,
        contextlib.redirect_stdout(io.StringIO()),  # yoyo prints what a select returns
    ):
        backend.init_database()
        yield backend


def _apply_one(backend: Any, migration: Any) -> None:
    # Backend.apply_migrations would pass over a migration that can't be read.
    try:
        backend.apply_one(migration)
    except Exception as error:
        error.add_note(f"in the migration {migration.id}, {migration.path}")
        raise
