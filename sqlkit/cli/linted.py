"""What squawk says of migrations, where it is installed and the project doesn't leave it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.migrations.dry_run import find_squawk, squawk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.migrations import Migration
    from sqlkit.migrations.backend import Backend
    from sqlkit.migrations.dry_run import Lint
    from sqlkit.project import Project


def linted(project: Project, backend: Backend, migrations: Sequence[Migration]) -> list[Lint]:
    """Its warnings for the server's version; none if it isn't there. Raises `ProjectError`."""
    program = find_squawk() if project.migrate.get("squawk", True) and migrations else None
    if program is None:
        return []
    return squawk(program, migrations, backend.connection.info.server_version)
