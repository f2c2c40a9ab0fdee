"""The yoyo backend of ``postgresql+sqlkit://…``: yoyo's files, ledger and commands, made safe.

yoyo finds it by its entry point. What it does otherwise than yoyo's own: one process at a time by
an advisory lock; a migration and its mark in one transaction; locks are waited for briefly, and the
migration tried again; an edited, missing or half-done migration is an error. No table is made to
find out what PostgreSQL can do.
"""

# yoyo has no types, so what a subclass has of it is unknown.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid1

from sqlkit.errors import MigrationError
from sqlkit.migrations.base_backend import BaseBackend
from sqlkit.migrations.checking import adopt, check_applied, check_selected
from sqlkit.migrations.folder import Folder, read
from sqlkit.migrations.lock import holder
from sqlkit.migrations.migration import Migration
from sqlkit.migrations.running import each, run
from sqlkit.migrations.who import host, user

if TYPE_CHECKING:
    from collections.abc import Iterable


class Backend(BaseBackend):
    """What yoyo's commands call, and ours: applying, rolling back, marking."""

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


def _whole(migrations: Iterable[Any]) -> Folder:
    """All migrations beside these: yoyo's command may have been asked for some of them only."""
    return read(*dict.fromkeys(Path(one.path).parent for one in migrations))
