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
        broken = _broken(schemas, folders, [query for query in found if query.file in refused])
    for error in errors:
        if since := broken.get(str(error)):
            error.message += f", since the migration {since}"


def _broken(schemas: Schemas, folders: DatabaseFolders, asked: Iterable[Query]) -> dict[str, str]:
    """The migration since which a query is refused, by what the error looks like in the end."""
    import psycopg

    from sqlkit.describe import describe

    right: set[Query] = set()
    since: dict[Query, str] = {}
    last: dict[Query, str] = {}
    some = list(asked)
    for name, conninfo in schemas.stages(folders):
        with psycopg.connect(conninfo) as connection:
            answers = dict(zip(some, describe(connection, some), strict=True))
        last = {q: str(one) for q, one in answers.items() if isinstance(one, SourceError)}
        since = {q: since.get(q, name) for q in last if q in right or q in since}
        right = answers.keys() - last.keys()
    return {last[query]: name for query, name in since.items()}
