"""Which migration it was that broke a query: the last one before which PostgreSQL took it.

The queries that PostgreSQL refuses are described again after each migration, on a database of their
own. Only where something is broken, so that it costs nothing as long as all is well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.cli.console import busy
from sqlkit.cli.queries import queries
from sqlkit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlkit.cli.schema import Schemas
    from sqlkit.project import DatabaseFolders, Project
    from sqlkit.sqlfile import Query


def say_since(
    schemas: Schemas, project: Project, folders: DatabaseFolders, errors: Sequence[SourceError]
) -> None:
    """Add to each error the migration since which there is one, if there was none before."""
    refused = {error.file for error in errors if error.sqlstate}
    if not refused:
        return
    found, _ = queries(project, folders)
    with busy("Looking for the migration"):
        broken = since(schemas, folders, [query for query in found if query.file in refused])
    by_error = {str(error): name for name, error in broken.values()}
    for error in errors:
        if name := by_error.get(str(error)):
            error.message += f", since the migration {name}"


def since(
    schemas: Schemas, folders: DatabaseFolders, asked: Iterable[Query]
) -> dict[Query, tuple[str, SourceError]]:
    """The migration since which a query is refused, and what PostgreSQL says of it in the end.

    Without the queries that are not refused, or always were.
    """
    import psycopg

    from sqlkit.describe import describe

    right: set[Query] = set()
    broken: dict[Query, str] = {}
    last: dict[Query, SourceError] = {}
    some = list(asked)
    for name, conninfo in schemas.stages(folders):
        with psycopg.connect(conninfo) as connection:
            answers = dict(zip(some, describe(connection, some), strict=True))
        last = {q: one for q, one in answers.items() if isinstance(one, SourceError)}
        broken = {q: broken.get(q, name) for q in last if q in right or q in broken}
        right = answers.keys() - last.keys()
    return {query: (name, last[query]) for query, name in broken.items()}
