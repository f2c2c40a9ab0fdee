"""A database with the project's schema, for the commands that need nothing else of a database.

So that they say the same on every machine: ``--dsn``, else a database of its own on a throw-away
server with migrations/ applied (on the project's kept server if that runs, which is faster), else
``DATABASE_URL``. Without migrations ``DATABASE_URL`` comes first: the schema must be somewhere.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from sqlkit.cli.console import busy, say
from sqlkit.cli.paths import from_here
from sqlkit.cli.target import with_search_path
from sqlkit.database.conninfo import plain_url, read
from sqlkit.errors import NoServer

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

    from sqlkit.project import DatabaseFolders, Project
    from sqlkit.testing.server import Server


class Schemas:
    """The schemas of a project's databases, on one server that is started when first needed.

    Leaving it as a context manager drops what was made and stops what was started.
    """

    def __init__(self, project: Project, dsn: str | None) -> None:
        self.project = project
        self.dsn = dsn
        self._stack = ExitStack()
        self._server: Server | None = None
        self._migrated_folders: set[DatabaseFolders] = set()

    def conninfo(self, folders: DatabaseFolders) -> str:
        """A database with the schema of these folders; says to standard error which it is.

        Raises `NoServer` if there is none, and psycopg's error if its conninfo can't be read or a
        migration fails.
        """
        return with_search_path(plain_url(self._conninfo(folders)), folders)

    def stages(self, folders: DatabaseFolders) -> Generator[tuple[str, str]]:
        """The name of each migration, and a database with the schema that it leaves.

        Nothing, if the schema of these folders did not come from their migrations.
        """
        from sqlkit.testing import migrate

        if self._server is None or folders not in self._migrated_folders:
            return
        with self._server.database() as url:
            for name in migrate.each(url, from_here(folders.migrations)):
                yield name, with_search_path(plain_url(url), folders)

    def _conninfo(self, folders: DatabaseFolders) -> str:
        if self.dsn:
            return _named(self.dsn, "--dsn")
        given = os.environ.get("DATABASE_URL")
        if given and not folders.migrations.is_dir():
            return _named(given, "DATABASE_URL", f" ({folders.migrations.name}/ is not there)")
        try:
            server = self._started()
        except NoServer as error:
            if not given:
                raise
            return _named(given, "DATABASE_URL", f", since {error}")
        return self._migrated(server, folders)

    def _started(self) -> Server:
        if self._server is None:
            from sqlkit.testing import kept
            from sqlkit.testing.server import throwaway

            # Whoever says which server to use means it.
            if not os.environ.keys() & {"SQLKIT_TEST_DSN", "SQLKIT_TEST_PG"}:
                self._server = kept.status(self.project.cache)
            if self._server is None:
                with busy("Starting a throw-away PostgreSQL"):
                    self._server = self._stack.enter_context(throwaway())
        return self._server

    def _migrated(self, server: Server, folders: DatabaseFolders) -> str:
        from sqlkit.testing import migrate

        place = "the project's own server" if server.way == "kept" else "a throw-away server"
        url = self._stack.enter_context(server.database())
        if not folders.migrations.is_dir():
            say(f"schema: an empty database on {place}, PostgreSQL {server.version}")
            return url
        try:
            with busy("Applying the migrations"):
                migrate.apply(url, from_here(folders.migrations))
        except Exception as error:
            error.add_note("this was a database of the command's own, and is gone")
            raise
        self._migrated_folders.add(folders)
        say(
            f"schema: {folders.migrations.name}/ applied on {place}, PostgreSQL {server.version}",
        )
        return url

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()


def _named(conninfo: str, origin: str, reason: str = "") -> str:
    read(conninfo, origin)
    say(f"schema: the database of {origin}{reason}")
    return conninfo
