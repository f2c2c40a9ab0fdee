"""``sqlkit compile``: write the typed module beside each ``.sql`` file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sqlkit.cli.options import on_a_schema, on_paths
from sqlkit.project import Project

if TYPE_CHECKING:
    from pathlib import Path


@click.command("compile")
@on_paths
@click.option("--watch", is_flag=True, help="Compile again whenever a file changes, until Ctrl-C.")
@on_a_schema
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    *,
    watch: bool,
    dsn: str | None,
    database: str | None,
) -> None:
    """Write the Python modules of the .sql files in PATH... (files or folders; all).

    If any query of the project is wrong, nothing is written.
    """
    if watch:
        from sqlkit.cli.watch import watch as follow

        follow(database, dsn, paths)
        return
    from sqlkit.cli.console import say
    from sqlkit.cli.failure import FOUND
    from sqlkit.cli.plans import plans
    from sqlkit.cli.written import refused, write

    made = plans(Project.find(), database, dsn, paths)
    if refused(made):
        say("nothing was written")
        ctx.exit(FOUND)
    write([plan.only(paths) if paths else plan for plan in made])
