"""``sqlkit check``: whether queries hold, and generated files are what compiling would write."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from sqlkit.cli.options import on_a_schema
from sqlkit.errors import DescribeError, ProjectError
from sqlkit.project import FILE, Project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.cli.found import Found
    from sqlkit.compile import Stale
    from sqlkit.describe import Hazard

FORMATS = ("text", "json", "github")


@click.command("check", context_settings={"allow_extra_args": True})
@click.option(
    "--offline",
    is_flag=True,
    help="Compare hashes only: needs no server, and sees no change of the schema and no hazard.",
)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="How to print; text if not said."
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@on_a_schema
@click.pass_context
def command(
    ctx: click.Context,
    *,
    offline: bool,
    form: str | None,
    as_json: bool,
    dsn: str | None,
    database: str | None,
) -> None:
    """Find queries that PostgreSQL refuses, hazards in those it takes, and stale generated files.

    Hazards are what is hardly meant, such as an UPDATE without WHERE; docs/check.md lists them.
    Exit status 1 says that something was found.
    """
    from sqlkit.cli.failure import FOUND

    if ctx.args:
        raise click.UsageError(
            f"check takes no path, it looks at the whole project: leave out {' '.join(ctx.args)}"
        )
    if offline and dsn:
        raise click.UsageError("--offline asks no server, so --dsn has no use with it")
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json is --format json, and --format says {form}")
    project = Project.find()
    found = _offline(project, database) if offline else _online(project, database, dsn)
    _print(found, project, "json" if as_json else form or "text")
    if found:
        ctx.exit(FOUND)


def _offline(project: Project, database: str | None) -> Found:
    from sqlkit.cli.found import Found
    from sqlkit.cli.paths import from_here
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
    from sqlkit.cli.found import Found
    from sqlkit.cli.plans import plans
    from sqlkit.compile import compare

    _check_allowed(project)
    made = plans(project, database, dsn, check=True)
    described = [one for plan in made for one in plan.descriptions]
    errors = [error for plan in made for error in plan.errors]
    return Found(
        # Without errors only: what a folder should hold is not known as long as it has some.
        stale=[stale for plan in made if not plan.errors for stale in compare(plan)],
        errors=errors,
        hazards=[
            hazard
            for description in described
            for hazard in description.hazards
            if hazard.rule not in project.allow
        ],
        notices=[notice for plan in made for notice in plan.notices],
        queries=len(described) + sum(isinstance(error, DescribeError) for error in errors),
    )


def _check_allowed(project: Project) -> None:
    from sqlkit.describe.hazards import meant

    for name in project.allow:
        if hint := meant(name):
            raise ProjectError(
                f'{project.root / FILE}: [tool.sqlkit] allow has "{name}", and there is no such '
                f"hazard; {hint}"
            )


def _print(found: Found, project: Project, form: str) -> None:
    if form == "json":
        from sqlkit.cli.table import print_json

        print_json(found.as_json())
    elif form == "github":
        from sqlkit.cli.github import commands

        for line in commands(found, project.root):
            click.echo(line)
        click.echo(found.summary())
    else:
        _print_text(found)


def _print_text(found: Found) -> None:
    from sqlkit.cli.console import say
    from sqlkit.cli.failure import show

    show(found.errors)
    for notice in found.notices:
        say(f"note: {notice}")
    _print_hazards(found.hazards)
    for stale in found.stale:
        _print_stale(stale)
    click.echo(found.summary())
    if any(stale.reason != "foreign" for stale in found.stale):
        say('"sqlkit compile" puts that right')
    if found.hazards:
        say('"-- @allow name" below a query\'s header says that a hazard is meant')


def _print_hazards(hazards: Sequence[Hazard]) -> None:
    from sqlkit.cli.console import stdout
    from sqlkit.cli.failure import drawn

    for file, some in groupby(hazards, lambda hazard: hazard.file):
        stdout().print(file, style="bold underline", soft_wrap=True)
        for hazard in some:
            stdout().print(drawn(hazard), soft_wrap=True)
            stdout().print()


def _print_stale(stale: Stale) -> None:
    from sqlkit.cli.console import stdout
    from sqlkit.cli.found import told

    stdout().print(f"{stale.path} {told(stale)}", style="bold", soft_wrap=True)
    if stale.reason in ("missing", "orphan"):
        return  # a whole file as a diff shows nothing
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in stale.diff.splitlines():
        stdout().print(line, style=styles.get(line[:1], ""), soft_wrap=True)
