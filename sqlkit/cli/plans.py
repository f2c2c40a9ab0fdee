"""The plans of compiling, one for each of the databases to work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlkit.cli.console import busy
from sqlkit.cli.paths import from_here
from sqlkit.cli.queries import chosen, inner
from sqlkit.cli.schema import Schemas

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import psycopg

    from sqlkit.compile import Memory, Plan
    from sqlkit.project import DatabaseFolders, Project


def plans(
    project: Project,
    database: str | None,
    dsn: str | None,
    paths: Sequence[Path] = (),
    *,
    check: bool = False,
) -> list[Plan]:
    """What compiling comes to; everything is read and described, whatever the paths are.

    ``check``: with hazards too, and with the migrations that broke queries in the errors.
    """
    import psycopg

    from sqlkit.cli.since import say_since

    made: list[Plan] = []
    with Schemas(project, dsn) as schemas:
        for folders in chosen(project, database, dsn, paths):
            with (
                psycopg.connect(schemas.conninfo(folders)) as connection,
                busy("Asking the server"),
            ):
                made.append(planned(project, folders, connection, hazards=check))
            if check and made[-1].errors:
                say_since(schemas, project, folders, made[-1].errors)
    return made


def planned(
    project: Project,
    folders: DatabaseFolders,
    connection: psycopg.Connection[Any],
    *,
    hazards: bool = False,
    memory: Memory | None = None,
) -> Plan:
    """What compiling the files of one database comes to, asked on this connection."""
    from sqlkit.compile import Settings, plan

    return plan(
        connection,
        from_here(project.root),
        from_here(folders.sql),
        Settings(null_elements=project.null_elements, types=project.types),
        exclude=inner(project, folders),
        hazards=hazards,
        memory=memory,
    )
