"""Running a migration that can't be in a transaction: ``-- transactional: false``.

Nothing can take back what it has done when it fails, or when its process is killed. So it is
recorded as dirty before it begins, and stays so until somebody says how it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from sqlkit.errors import MigrationError
from sqlkit.migrations import session
from sqlkit.migrations.index import drop, invalid_indexes
from sqlkit.migrations.problem import ways_out
from sqlkit.migrations.retry import repeated

if TYPE_CHECKING:
    from sqlkit.migrations.backend import Backend
    from sqlkit.migrations.index import InvalidIndex
    from sqlkit.migrations.work import Work


def run_alone(work: Work) -> None:
    """Run it, in autocommit. Its error gets a note that says what it left and what to do."""
    backend, migration = work.backend, work.migration
    if work.direction == "apply":
        _clear_the_way(work)
    if work.mark:
        backend.ledger.begin(migration.id, migration.sha256)
    session.put(backend.connection, {"lock_timeout": _lock_timeout(work)})
    try:
        repeated(work.run_steps, backend.settings, backend.connection, backend.watcher.note)
    except Exception as error:
        if work.mark and not backend.connection.closed:
            _record(work, error)
        raise
    with backend.transaction():
        work.finish()


def drop_invalid(backend: Backend, indexes: list[InvalidIndex]) -> None:
    """Drop INVALID indexes. Raises `MigrationError` if one may be in work right now."""
    for index in indexes:
        if index.in_work:
            raise MigrationError(
                f"the index {index} is INVALID, and an index of {index.table} is being built right "
                "now: it may be that one\nhint: wait for it; pg_stat_progress_create_index shows it"
            )
    for index in indexes:
        drop(backend.connection, index)
        backend.watcher.note(f"dropped the INVALID index {index}")


def _clear_the_way(work: Work) -> None:
    """An INVALID index of the same name would fail the build or, with ``if not exists``, pass."""
    left = invalid_indexes(work.backend.connection, work.statements)
    if not left:
        return
    if not work.backend.settings.drop_invalid:
        raise MigrationError(
            f"the INVALID index {', '.join(map(str, left))} is in the way of {work.migration.id}: "
            "a build that failed left it\n"
            "hint: --drop-invalid (drop_invalid=true in yoyo's URL) drops it first"
        )
    drop_invalid(work.backend, left)


def _lock_timeout(work: Work) -> str:
    """None for ``concurrently``, which waits for others by nature, and nobody waits behind it."""
    if any(statement.concurrent for statement in work.statements):
        return "0"
    return f"{work.backend.settings.lock_timeout * 1000:.0f}ms"


def _record(work: Work, error: Exception) -> None:
    """Record why it failed, without what PostgreSQL's details say of data."""
    backend, migration = work.backend, work.migration
    said = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    session.own_role(backend.connection)
    backend.ledger.fail(migration.id, said or type(error).__name__)
    left = invalid_indexes(backend.connection, work.statements)
    index = f", and left the INVALID index {', '.join(map(str, left))}" if left else ""
    error.add_note(
        f"it ran outside a transaction, so it is dirty now{index}\n"
        f"hint: {ways_out(migration.id, list(map(str, left)))}"
    )
