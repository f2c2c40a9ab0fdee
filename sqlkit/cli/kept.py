"""The project's own server and the databases on it, as ``sqlkit db`` keeps them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlkit.cli.console import busy
from sqlkit.cli.paths import from_here
from sqlkit.errors import MigrationError, NoServer

if TYPE_CHECKING:
    from sqlkit.project import DatabaseFolders, Project
    from sqlkit.testing.server import Server


def running(project: Project) -> Server | None:
    """The project's server, if it runs."""
    from sqlkit.testing import kept

    return kept.status(project.cache)


def started(project: Project) -> Server:
    """The project's server, started if it doesn't run."""
    from sqlkit.testing import kept

    with busy("Starting PostgreSQL"):
        return kept.start(project.make_cache())


def restarted(project: Project) -> Server:
    """As `started`; a data folder that no PostgreSQL here can read is removed."""
    from sqlkit.testing import kept

    try:
        return started(project)
    except NoServer:
        kept.remove(project.cache)
        return started(project)


def stopped(project: Project) -> bool:
    """Stop the project's server; gives whether it ran."""
    from sqlkit.testing import kept

    return kept.stop(project.cache)


def url(server: Server, folders: DatabaseFolders) -> str:
    """The URL of one of the project's databases on its server."""
    return server.dsn(folders.name)


def migrated(server: Server, folders: DatabaseFolders) -> tuple[str, ...]:
    """Make a database if it isn't there, and apply the migrations it doesn't have: their names."""
    from psycopg.errors import DuplicateDatabase

    from sqlkit.testing import migrate

    with suppress(DuplicateDatabase):
        server.create_database(folders.name)
    if not folders.migrations.is_dir():
        return ()
    with busy("Applying the migrations"):
        try:
            return migrate.apply(url(server, folders), from_here(folders.migrations))
        except MigrationError as error:
            error.add_note('hint: "sqlkit db reset" makes the databases anew')
            raise
