"""A connection for migrations: its settings, its transactions, its lock, its ledger.

The half of the yoyo backend that knows nothing of files; `sqlkit.migrations.backend` is the other.
"""

# yoyo has no types, so what a subclass has of it is unknown.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import psycopg
from psycopg.conninfo import conninfo_to_dict

from sqlkit.database.conninfo import complete
from sqlkit.errors import MigrationError
from sqlkit.migrations import session
from sqlkit.migrations.ledger import Ledger
from sqlkit.migrations.lock import locked
from sqlkit.migrations.optional import yoyo
from sqlkit.migrations.settings import Settings
from sqlkit.migrations.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import AbstractContextManager

TABLE = "_yoyo_migration"

_Base: Any = yoyo("yoyo.backends.core.postgresql").PostgresqlPsycopgBackend


class BaseBackend(_Base):  # type: ignore[misc]  # pyright: ignore[reportUntypedBaseClass]  # no types
    """A connection for migrations. Its ``settings`` and ``watcher`` may be replaced before use.

    ``quiet``: what a migration selects isn't printed.
    """

    connection: psycopg.Connection[Any]
    quiet = False
    _internal_schema_updated: bool

    def __init__(self, dburi: Any, migration_table: str) -> None:
        self.settings = Settings()
        self.watcher = Watcher()
        self._held = 0
        super().__init__(dburi, migration_table)
        self.has_transactional_ddl = True
        self.ledger_schema = session.current_schema(self.connection)
        self.ledger = Ledger(self.connection, self.ledger_schema or "public", migration_table)

    @classmethod
    def open(cls, conninfo: str, settings: Settings | None = None) -> Self:
        """Connect to a database; as a context manager it closes the connection.

        Raises `ProjectError` without yoyo, and psycopg's error if it can't be connected to.
        """
        args = conninfo_to_dict(complete(conninfo, "the conninfo given").conninfo)
        address = yoyo("yoyo.connections").DatabaseURI(
            "postgresql+sqlkit", None, None, None, None, args.pop("dbname", None), args
        )
        backend = cls(address, TABLE)
        backend.settings = settings or Settings()
        backend.quiet = True
        return backend

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.close()

    def connect(self, dburi: Any) -> psycopg.Connection[Any]:
        """Connect as yoyo does; those of the URL's parameters that are settings are ours."""
        args = dict(dburi.args)
        self.settings = Settings.taken_from(args)
        args = {"fallback_application_name": "sqlkit migrate", "prepare_threshold": None, **args}
        connection: psycopg.Connection[Any] = super().connect(dburi._replace(args=args))
        return connection

    def init_connection(self, connection: psycopg.Connection[Any]) -> None:
        """Make a session ready, when it is new and when it was made clean."""
        super().init_connection(connection)
        session.prepare(connection)

    def init_database(self) -> None:
        """Nothing: yoyo makes tables here, to lock and to find out about transactions."""

    def cursor(self) -> psycopg.Cursor[Any]:
        """A cursor for a step, which prints what it selects."""
        return _Silent(self.connection) if self.quiet else self.connection.cursor()

    # The tables' names have their schema, since a migration may change the search path.

    @property
    def migration_table_quoted(self) -> str:
        """The ledger."""
        return self._qualified(self.migration_table)

    @property
    def log_table_quoted(self) -> str:
        """yoyo's log of what was done."""
        return self._qualified(self.log_table)

    @property
    def version_table_quoted(self) -> str:
        """The version of yoyo's tables."""
        return self._qualified(self.version_table)

    def _qualified(self, table: str) -> str:
        if self.ledger_schema is None:
            raise MigrationError(
                "there is no schema for the ledger of migrations: the search path names none that "
                "is there"
            )
        return f"{self.quote_identifier(self.ledger_schema)}.{self.quote_identifier(table)}"

    def list_tables(self, **_: Any) -> list[str]:
        """The tables of the ledger's schema."""
        query = "select tablename from pg_tables where schemaname = %s"
        return [row[0] for row in self.connection.execute(query, (self.ledger_schema,))]

    def ensure_internal_schema_updated(self) -> None:
        """Make the ledger and the table beside it, where they aren't there, or bring them up."""
        if self._internal_schema_updated:
            return
        internal = yoyo("yoyo.internalmigrations")
        with self.lock(), self.transaction():
            if internal.needs_upgrading(self):
                internal.upgrade(self)
            self.ledger.create()
        self._internal_schema_updated = True

    def transaction(self, rollback_on_exit: bool = False) -> AbstractContextManager[Any]:
        """A transaction, or a savepoint within one, which is released at its end."""
        return self.connection.transaction(force_rollback=rollback_on_exit)

    @contextmanager
    def lock(self, timeout: float | None = None) -> Generator[None]:
        """Hold the lock of migrations, see `sqlkit.migrations.lock`. It may be nested."""
        if self._held:
            yield
            return
        wait = self.settings.wait if timeout is None else timeout
        with locked(self.connection, self.ledger.name, wait, self.watcher.note):
            self._held += 1
            try:
                yield
            finally:
                self._held -= 1


class _Silent(psycopg.Cursor[Any]):
    """A cursor of which yoyo's steps find nothing to print."""

    @property
    def description(self) -> None:
        return None
