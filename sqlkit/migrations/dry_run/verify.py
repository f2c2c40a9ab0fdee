"""Trying migrations on the real database, in one transaction that is rolled back.

The lock of migrations is held, and the locks of the statements are really taken, until the end: no
statement waits longer than ``lock_timeout`` for its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.pq import TransactionStatus

from sqlkit.migrations import session
from sqlkit.migrations.checking import check_applied, check_selected
from sqlkit.migrations.dry_run import guard
from sqlkit.migrations.dry_run.facts import Limits
from sqlkit.migrations.dry_run.observe import moment
from sqlkit.migrations.dry_run.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from sqlkit.migrations.backend import Backend
    from sqlkit.migrations.dry_run.facts import Facts
    from sqlkit.migrations.folder import Folder
    from sqlkit.migrations.migration import Migration


def verify(
    backend: Backend, folder: Folder, wanted: Sequence[Migration], limits: Limits | None = None
) -> list[Facts]:
    """Try these migrations, in order, and say what each statement did; then roll all of it back.

    Stops at the first that fails. Raises `MigrationError` if files and database don't agree,
    and psycopg's error if the connection breaks or a migration ends the transaction itself.
    """
    limits = limits or Limits()
    found: list[Facts] = []
    try:
        with backend.lock():
            check_applied(backend, folder, missing=True)
            check_selected(backend, folder, wanted)
            backend.watcher.planned(len(wanted))
            with backend.transaction(rollback_on_exit=True):
                found += _tried(backend, [*wanted, *(folder.post_apply if wanted else ())], limits)
    finally:
        _clean(backend)
    return found


def _tried(backend: Backend, migrations: Sequence[Migration], limits: Limits) -> Generator[Facts]:
    _limit(backend, limits)
    known = frozenset(moment(backend.connection).tables)
    schema = backend.ledger_schema or "public"
    guard.make(backend.connection, schema)
    for migration in migrations:
        backend.watcher.begins(migration, "dry run")
        _limit(backend, limits)
        guard.arm(backend.connection, schema)
        for facts in Trial(backend, migration, known).run():
            yield facts
            if facts.error:
                return
        session.clean(backend.connection)


def _limit(backend: Backend, limits: Limits) -> None:
    """Also after each migration, as the session's settings are made clean then."""
    times = {
        "lock_timeout": backend.settings.lock_timeout,
        "statement_timeout": limits.statement_timeout,
    }
    values = {name: f"{seconds * 1000:.0f}ms" for name, seconds in times.items()}
    session.put(backend.connection, values, local=True)


def _clean(backend: Backend) -> None:
    connection = backend.connection
    if not connection.closed and connection.info.transaction_status == TransactionStatus.IDLE:
        session.clean(connection)
        backend.init_connection(connection)
