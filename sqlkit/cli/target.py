"""Which database a command works on that needs its data: ``--dsn``, else the environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from sqlkit.cli import kept
from sqlkit.cli.console import say

if TYPE_CHECKING:
    from sqlkit.project import DatabaseFolders, Project

LIBPQ = ("PGHOST", "PGSERVICE", "PGDATABASE")


def target(project: Project, folders: DatabaseFolders, dsn: str | None) -> str:
    """The conninfo: ``--dsn``, DATABASE_URL, libpq's variables, the project's server if it runs.

    It is empty where libpq reads its own variables. Wrong use if there is none of these.
    """
    found = dsn or os.environ.get("DATABASE_URL")
    if found or any(os.environ.get(name) for name in LIBPQ):
        return with_search_path(found or "", folders)
    server = kept.running(project)
    if server is None:
        raise click.UsageError(
            "no database is named: give --dsn, set DATABASE_URL, or start this project's own "
            'with "sqlkit db start"'
        )
    say("database: this project's own server (sqlkit db)")
    return with_search_path(kept.url(server, folders), folders)


def with_search_path(conninfo: str, folders: DatabaseFolders) -> str:
    """The conninfo of a database whose settings may name a ``search_path``.

    Raises psycopg.ProgrammingError if the conninfo can't be read.
    """
    if folders.search_path is None:
        return conninfo
    from psycopg.conninfo import make_conninfo

    from sqlkit.database.conninfo import plain_url, read

    # Spaces and backslashes are escaped within options: PostgreSQL manual, 34.1.2.
    path = folders.search_path.replace("\\", "\\\\").replace(" ", "\\ ")
    said = read(conninfo, "the conninfo given")
    options = f"{said.get('options') or ''} -c search_path={path}"
    return make_conninfo(plain_url(conninfo), options=options.strip())
