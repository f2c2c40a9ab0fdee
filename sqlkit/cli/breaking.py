"""Which queries of the project a pending migration breaks, asked on a throw-away server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlkit.errors import NoServer, SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.migrations import Planned
    from sqlkit.project import DatabaseFolders, Project
    from sqlkit.sqlfile import Query


@dataclass(frozen=True, slots=True)
class Breaking:
    """The queries that break, each with the migration and the error; or why nobody knows."""

    errors: tuple[tuple[str, str, SourceError], ...] = ()
    unknown: str | None = None
    asked: int = 0

    def as_dict(self) -> dict[str, Any]:
        """What ``migrate plan --json`` prints of it."""
        return {
            "asked": self.asked,
            "unknown": self.unknown,
            "broken": [
                {"query": query, "migration": migration, **error.as_dict()}
                for query, migration, error in self.errors
            ],
        }


def breaking(
    project: Project, folders: DatabaseFolders, pending: Sequence[Planned]
) -> Breaking | None:
    """The queries that hold before the pending migrations and not after; None without queries."""
    import psycopg

    from sqlkit.cli.queries import queries

    found, _ = queries(project, folders)
    if not found:
        return None
    try:
        return _ask(project, folders, {one.migration.id for one in pending}, found)
    except (NoServer, psycopg.Error) as error:
        notes = getattr(error, "__notes__", ())
        return Breaking(unknown="\n".join([str(error), *notes]))


def _ask(
    project: Project, folders: DatabaseFolders, pending: set[str], found: Sequence[Query]
) -> Breaking:
    import psycopg

    from sqlkit.cli.console import busy
    from sqlkit.cli.schema import Schemas
    from sqlkit.cli.since import since
    from sqlkit.describe import describe

    with Schemas(project, None) as schemas:
        with psycopg.connect(schemas.conninfo(folders)) as connection:
            answers = zip(found, describe(connection, found), strict=True)
            refused = [query for query, answer in answers if isinstance(answer, SourceError)]
        with busy("Looking for the migrations"):
            broken = since(schemas, folders, refused) if refused else {}
    errors = tuple(
        (query.full_name, name, error) for query, (name, error) in broken.items() if name in pending
    )
    return Breaking(errors, asked=len(found))
