"""The yoyo backend of ``postgresql+sqlkit://…``: yoyo's files, ledger and commands, made safe.

yoyo finds it by its entry point. What it does otherwise than yoyo's own: one process at a time by
an advisory lock; a migration and its mark in one transaction; locks are waited for briefly, and the
migration tried again; an edited, missing or half-done migration is an error. No table is made to
find out what PostgreSQL can do.
"""

# yoyo has no types, so what a subclass has of it is unknown.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid1

import psycopg
from psycopg.conninfo import conninfo_to_dict

from sqlkit.database.conninfo import complete
from sqlkit.errors import MigrationError
from sqlkit.migrations import session
from sqlkit.migrations.checking import adopt, check_applied, check_selected
from sqlkit.migrations.folder import Folder, read
from sqlkit.migrations.ledger import Ledger
from sqlkit.migrations.lock import holder, locked
from sqlkit.migrations.migration import Migration
from sqlkit.migrations.optional import yoyo
from sqlkit.migrations.running import each, run
from sqlkit.migrations.settings import Settings
from sqlkit.migrations.watcher import Watcher
from sqlkit.migrations.who import host, user

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from contextlib import AbstractContextManager

TABLE = "_yoyo_migration"

_Base: Any = yoyo("yoyo.backends.core.postgresql").PostgresqlPsycopgBackend


class Backend(_Base):  # type: ignore[misc]  # pyright: ignore[reportUntypedBaseClass]  # no types
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

    def break_lock(self) -> None:
        """Remove what yoyo's own backend left behind; of our lock, say who holds it.

        There is nothing to break: it ends with its process.
        """
        if self.lock_table in self.list_tables():
            super().break_lock()
        if found := holder(self.connection, self.ledger.name):
            raise MigrationError(
                f"{found} holds the lock of migrations, and gives it back when its process ends\n"
                f'hint: "select pg_terminate_backend({found.pid})" ends it'
            )

    def to_apply(self, migrations: Any) -> Any:
        """As yoyo; but first, what was applied must be what the files still say."""
        self.ensure_internal_schema_updated()
        whole = _whole(migrations)
        adopt(self, whole)
        check_applied(self, whole, missing=len(whole) == len(migrations) > 0)
        return super().to_apply(migrations)

    def apply_migrations_only(self, migrations: Any, force: bool = False) -> None:
        """As yoyo; but a file that can't be read is an error, and the order is kept."""
        selected = [Migration.of(one) for one in migrations]
        with self.lock():
            check_selected(self, _whole(migrations), selected)
            for _ in each(self, selected, force=force):
                pass

    def rollback_migrations(self, migrations: Any, force: bool = False) -> None:
        """As yoyo; but a file that can't be read is an error."""
        selected = [Migration.of(one) for one in migrations]
        for _ in each(self, selected, "rollback", force=force):
            pass

    def apply_one(self, migration: Any, force: bool = False, mark: bool = True) -> None:
        """Apply a migration, with its mark in one transaction; nothing if it is applied."""
        run(self, Migration.of(migration), "apply", force=force, mark=mark)

    def rollback_one(self, migration: Any, force: bool = False) -> None:
        """Roll a migration back, with its mark in one transaction."""
        run(self, Migration.of(migration), "rollback", force=force)

    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, Any]:
        """A line of yoyo's log."""
        return {
            "id": str(uuid1()),
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": user(),
            "hostname": host(),
            "created_at_utc": datetime.now(UTC).replace(tzinfo=None),
            "operation": operation,
        }

    def mark_one(self, migration: Any, log: bool = True, **timing: Any) -> None:
        """As yoyo, with the checksum; ``timing`` is when it began and how long it took."""
        super().mark_one(migration, log)
        self.ledger.record(migration.id, Migration.of(migration).sha256, **timing)

    def unmark_one(self, migration: Any, log: bool = True) -> None:
        """As yoyo, and the checksum is forgotten."""
        super().unmark_one(migration, log)
        self.ledger.forget(migration.id)


class _Silent(psycopg.Cursor[Any]):
    """A cursor of which yoyo's steps find nothing to print."""

    @property
    def description(self) -> None:
        return None


def _whole(migrations: Iterable[Any]) -> Folder:
    """All migrations beside these: yoyo's command may have been asked for some of them only."""
    return read(*dict.fromkeys(Path(one.path).parent for one in migrations))
