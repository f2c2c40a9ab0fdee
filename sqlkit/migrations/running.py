"""Running migrations, each in a transaction with its mark unless it says that it can't be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.pq import TransactionStatus

from sqlkit.errors import MigrationError
from sqlkit.migrations import session
from sqlkit.migrations.alone import run_alone
from sqlkit.migrations.refusal import refuse_statements
from sqlkit.migrations.retry import repeated
from sqlkit.migrations.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlkit.migrations.backend import Backend
    from sqlkit.migrations.migration import Migration
    from sqlkit.migrations.work import Direction


def each(
    backend: Backend,
    migrations: Sequence[Migration],
    direction: Direction = "apply",
    *,
    force: bool = False,
) -> Iterator[Migration]:
    """Run migrations in the given order; gives each when it is done.

    An error gets a note that says how far it had got.
    """
    with backend.lock():
        backend.watcher.planned(len(migrations))
        for number, migration in enumerate(migrations):
            try:
                run(backend, migration, direction, force=force)
            except Exception as error:
                if len(migrations) > 1:
                    error.add_note(_so_far(migrations, number, direction))
                raise
            yield migration


def run(
    backend: Backend,
    migration: Migration,
    direction: Direction,
    *,
    force: bool = False,
    mark: bool = True,
) -> None:
    """Run one migration under the lock; nothing if the ledger says that it is done."""
    backend.ensure_internal_schema_updated()
    with backend.lock():
        if mark and backend.ledger.has(migration.id) is (direction == "apply"):
            return
        work = Work(backend, migration, direction, force, mark)
        _refuse(work)
        backend.watcher.begins(migration, direction)
        migration.source.load()
        try:
            if migration.transactional:
                _run_in_transaction(work)
            else:
                run_alone(work)
        finally:
            _clean(backend)
        backend.watcher.ended(migration, direction, work.seconds)


def _refuse(work: Work) -> None:
    migration = work.migration
    refuse_statements(migration, work.statements)
    if work.direction == "rollback" and not migration.has_rollback:
        raise MigrationError(
            f"{migration.id} has no rollback: there is no {migration.rollback_path}\n"
            f'hint: write it; or, if you undid the migration by hand, "sqlkit migrate resolve '
            f'--rolled-back {migration.id}"'
        )


def _run_in_transaction(work: Work) -> None:
    backend = work.backend
    timeout = {"lock_timeout": f"{backend.settings.lock_timeout * 1000:.0f}ms"}

    def attempt() -> None:
        with backend.transaction():
            session.put(backend.connection, timeout, local=True)
            try:
                work.run_steps()
            finally:
                _expect_transaction(work)
            work.finish()

    try:
        repeated(attempt, backend.settings, backend.connection, backend.watcher.note)
    except Exception as error:
        # Of a connection that broke at its COMMIT nobody knows.
        if not isinstance(error, MigrationError) and not backend.connection.closed:
            error.add_note(f"{work.name} was taken back as a whole: nothing of it stands")
        raise


def _expect_transaction(work: Work) -> None:
    """A step of a .py file may have ended it: then what it did stands, and the rest failed."""
    if work.backend.connection.info.transaction_status != TransactionStatus.IDLE:
        return
    migration = work.migration
    message = "ended its transaction itself, so what it did before that stands"
    if work.mark:
        work.backend.ledger.begin(migration.id, migration.sha256)
        work.backend.ledger.fail(migration.id, f"it {message}")
    raise MigrationError(
        f"{migration.id} {message}: it is dirty now\nhint: take COMMIT out of {migration.path}, "
        f'and say how it stands with "sqlkit migrate resolve --applied {migration.id}" or '
        f'"--rolled-back {migration.id}"'
    )


def _clean(backend: Backend) -> None:
    connection = backend.connection
    if connection.closed or connection.info.transaction_status != TransactionStatus.IDLE:
        return
    session.clean(connection)
    backend.init_connection(connection)


def _so_far(migrations: Sequence[Migration], number: int, direction: Direction) -> str:
    """``1 of 3 was applied before it and stays so: 0001.users; 1 after it was not begun``."""
    done = "applied" if direction == "apply" else "rolled back"
    names = ", ".join(migration.id for migration in migrations[:number][-3:])
    dots = "…, " if number > 3 else ""
    rest = len(migrations) - number - 1
    before = (
        f"{number} of {len(migrations)} {_were(number)} {done} before it, and "
        f"{'stays' if number == 1 else 'stay'} so: {dots}{names}"
        if number
        else f"none of {len(migrations)} was {done} before it"
    )
    return before + (f"; {rest} after it {_were(rest)} not begun" if rest else "")


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
