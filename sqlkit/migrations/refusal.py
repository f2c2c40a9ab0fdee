"""Files that can't be run as they say, refused before anything of them is run. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.errors import MigrationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlkit.migrations.migration import Migration
    from sqlkit.migrations.statement import Statement


def refuse_statements(migration: Migration, statements: Sequence[Statement]) -> None:
    """Refuse a file that can't be run as it says: raises `MigrationError`.

    In a transaction nothing may end it; without one there is one statement, since a second could
    fail after the first and nothing would say how far it had got.
    """
    path = migration.path if statements is migration.statements else migration.rollback_path
    if migration.transactional:
        for statement in statements:
            _refuse_in_transaction(path, statement)
    elif len(statements) > 1:
        raise MigrationError(
            f"{path}:{statements[1].line}: a second statement, and outside a transaction there is "
            "one in a file\nhint: make it a migration of its own, or leave out "
            '"-- transactional: false" if all of it can be in a transaction'
        )


def _refuse_in_transaction(path: Path, statement: Statement) -> None:
    if statement.ends_transaction:
        raise MigrationError(
            f"{path}:{statement.line}: ends the transaction, and each migration is one, with its "
            "mark in the ledger\nhint: take BEGIN, COMMIT and ROLLBACK out of the file"
        )
    if statement.needs_no_transaction:
        raise MigrationError(
            f"{path}:{statement.line}: PostgreSQL runs this only outside a transaction\n"
            'hint: make it the only statement of a file that says "-- transactional: false"'
        )
