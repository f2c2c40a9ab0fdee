"""What applying would do: each pending migration, and what is worth knowing of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlkit.errors import MigrationError
from sqlkit.migrations.refusal import refuse_statements

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlkit.migrations.migration import Migration
    from sqlkit.migrations.standing import Standing


@dataclass(frozen=True, slots=True)
class Planned:
    """A pending migration. ``refused`` says why it can't be run; ``warnings`` what else to know."""

    migration: Migration
    refused: str | None
    warnings: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """What ``migrate plan --json`` prints of it."""
        one = self.migration
        return {
            "id": one.id,
            "file": one.path.as_posix(),
            "sha256": one.sha256,
            "transactional": one.transactional,
            "depends": list(one.depends),
            "statements": [{"line": part.line, "sql": part.sql} for part in one.statements],
            "rollback": [part.sql for part in one.rollback] if one.has_rollback else None,
            "refused": self.refused,
            "warnings": list(self.warnings),
        }


def plan(
    standings: Sequence[Standing], within: Collection[str] | None = None
) -> tuple[Planned, ...]:
    """The pending migrations in the order in which they would be applied; ``within`` these ids."""
    pending = [
        one.migration
        for one in standings
        if one.state == "pending" and one.migration and (within is None or one.id in within)
    ]
    return tuple(Planned(one, _refused(one), tuple(_warnings(one))) for one in pending)


def _refused(migration: Migration) -> str | None:
    try:
        refuse_statements(migration, migration.statements)
    except MigrationError as error:
        return str(error)
    return None


def _warnings(migration: Migration) -> Iterator[str]:
    if not migration.has_rollback:
        yield f"can't be rolled back: there is no {migration.rollback_path.name}"
    if not migration.transactional:
        yield "runs outside a transaction: if it fails it is dirty, to be resolved by hand"
    if migration.is_sql and not migration.statements:
        yield "has no statement"
    if not migration.is_sql:
        yield "is Python: what it will run is not known before"
