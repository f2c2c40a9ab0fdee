"""``sqlkit compile``: write the typed module beside each ``.sql`` file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sqlkit.project import Project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.compile import Plan


@click.command("compile")
@click.argument(
    "paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]..."
)
@click.option("--dsn", help="A database with the schema, instead of a throw-away server.")
@click.option("--database", metavar="NAME", help="One of [tool.sqlkit.databases]; all if not said.")
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[Path, ...], dsn: str | None, database: str | None
) -> None:
    """Write the Python modules of the .sql files in PATH... (files or folders; all).

    If any query of the project is wrong, nothing is written.
    """
    from sqlkit.cli.console import say
    from sqlkit.cli.failure import FOUND, show
    from sqlkit.cli.plans import plans

    made = plans(Project.find(), database, dsn, paths)
    for plan in made:
        for notice in plan.notices:
            say(f"note: {notice}")
    errors = [error for plan in made for error in plan.errors]
    if errors:
        show(errors)
        say("nothing was written")
        ctx.exit(FOUND)
    _write([plan.only(paths) if paths else plan for plan in made])


def _write(plans: Sequence[Plan]) -> None:
    from sqlkit.compile import edited

    by_hand = {path for plan in plans for path in edited(plan)}
    written = [path for plan in plans for path in plan.write()]
    for path in written:
        lost = " (it had been edited by hand)" if path in by_hand else ""
        click.echo(f"{'wrote' if path.exists() else 'removed'} {path}{lost}")
    unchanged = sum(len(plan.files) for plan in plans) - sum(path.exists() for path in written)
    if unchanged:
        click.echo(f"{unchanged} file{'s' if unchanged > 1 else ''} unchanged")
