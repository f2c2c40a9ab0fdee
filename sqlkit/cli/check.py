"""``sqlkit check``: whether the generated files are what compiling would write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from sqlkit.project import Project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.compile import Notice, Stale
    from sqlkit.errors import SourceError

REASONS = {
    "missing": "is missing",
    "stale": "is stale: its .sql file or the database changed since",
    "edited": "was edited by hand",
    "orphan": "is left over: its .sql file is gone",
    "foreign": "was not written by sqlkit, and stands where it would write",
}
UNSEEN = " (by their hashes; the schema was not looked at)"


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found."""

    stale: Sequence[Stale] = ()
    errors: Sequence[SourceError] = ()
    notices: Sequence[Notice] = ()


@click.command("check")
@click.option(
    "--offline",
    is_flag=True,
    help="Compare hashes only: needs no server, and sees no change of the schema.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--dsn", help="A database with the schema, instead of a throw-away server.")
@click.option("--database", metavar="NAME", help="One of [tool.sqlkit.databases]; all if not said.")
@click.pass_context
def command(
    ctx: click.Context, *, offline: bool, as_json: bool, dsn: str | None, database: str | None
) -> None:
    """Find queries that PostgreSQL refuses, and generated files that are stale, missing or edited.

    Shows how such a file would change; exit status 1 says that there is one.
    """
    from sqlkit.cli.failure import FOUND

    if offline and dsn:
        raise click.UsageError("--offline asks no server, so --dsn has no use with it")
    project = Project.find()
    found = _offline(project, database) if offline else _online(project, database, dsn)
    if as_json:
        _print_json(found)
    else:
        _print(found, UNSEEN if offline else "")
    if found.stale or found.errors:
        ctx.exit(FOUND)


def _offline(project: Project, database: str | None) -> Found:
    from sqlkit.cli.plans import from_here
    from sqlkit.cli.queries import chosen, inner
    from sqlkit.compile import offline

    return Found(
        stale=[
            stale
            for folders in chosen(project, database, None, ())
            for stale in offline(from_here(folders.sql), inner(project, folders))
        ]
    )


def _online(project: Project, database: str | None, dsn: str | None) -> Found:
    from sqlkit.cli.plans import plans
    from sqlkit.compile import compare

    made = plans(project, database, dsn)
    return Found(
        # Without errors only: what a folder should hold is not known as long as it has some.
        stale=[stale for plan in made if not plan.errors for stale in compare(plan)],
        errors=[error for plan in made for error in plan.errors],
        notices=[notice for plan in made for notice in plan.notices],
    )


def _print(found: Found, unseen: str) -> None:
    from sqlkit.cli.console import say, stdout
    from sqlkit.cli.failure import show

    show(found.errors)
    for notice in found.notices:
        say(f"note: {notice}")
    for stale in found.stale:
        stdout().print(f"{stale.path} {REASONS[stale.reason]}", style="bold", soft_wrap=True)
        _print_diff(stale.diff)
    if found.stale:
        say('"sqlkit compile" writes them anew')
    elif not found.errors:
        click.echo(f"all generated files are up to date{unseen}")


def _print_diff(diff: str) -> None:
    from sqlkit.cli.console import stdout

    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in diff.splitlines():
        stdout().print(line, style=styles.get(line[:1], ""), soft_wrap=True)


def _print_json(found: Found) -> None:
    from sqlkit.cli.table import print_json

    files: list[dict[str, Any]] = [
        {"file": stale.path.as_posix(), "reason": stale.reason, "diff": stale.diff}
        for stale in found.stale
    ]
    print_json(
        {
            "stale": files,
            "errors": [error.as_dict() for error in found.errors],
            "notices": [notice.as_dict() for notice in found.notices],
        }
    )
