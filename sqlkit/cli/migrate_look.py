"""``sqlkit migrate status`` and ``plan``, which write nothing."""

from __future__ import annotations

import click

from sqlkit.cli.migrate_options import on_a_database
from sqlkit.project import Project


@click.command()
@click.option("--check", is_flag=True, help="Exit with 1 if something is pending, too.")
@click.option("--all", "all_", is_flag=True, help="Show all, however many are applied.")
@on_a_database
@click.pass_context
def status(
    ctx: click.Context,
    *,
    check: bool,
    all_: bool,
    dsn: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Show which migrations are applied, pending, changed, missing or dirty.

    Writes nothing. Exit status 1 says that something is wrong; what is pending alone isn't.
    """
    from sqlkit.cli.failure import FOUND
    from sqlkit.cli.migrating import opened
    from sqlkit.cli.standings import print_standings
    from sqlkit.migrations import look
    from sqlkit.migrations.lock import holder

    project = Project.find()
    with opened(project, project.database(database), dsn) as (backend, folder):
        found, problems = look(backend, folder)
        held = holder(backend.connection, backend.ledger.name)
    print_standings(found, problems, held, as_json=as_json, all_=all_)
    if problems or (check and any(one.state == "pending" for one in found)):
        ctx.exit(FOUND)


@click.command()
@click.option("--to", metavar="ID", help="The last one to show; the beginning of its id will do.")
@click.option("--no-queries", is_flag=True, help="Don't look for queries that break.")
@on_a_database
@click.pass_context
def plan(
    ctx: click.Context,
    *,
    to: str | None,
    no_queries: bool,
    dsn: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Show what apply would do: the SQL, what is in the way, and which queries would break.

    Writes nothing. The queries are asked on a throw-away server with all migrations applied.
    """
    from sqlkit.cli.breaking import breaking
    from sqlkit.cli.failure import FOUND
    from sqlkit.cli.linted import linted
    from sqlkit.cli.migrating import opened
    from sqlkit.cli.planned import print_plan
    from sqlkit.migrations import look
    from sqlkit.migrations import plan as planned

    project = Project.find()
    folders = project.database(database)
    with opened(project, folders, dsn) as (backend, folder):
        found, problems = look(backend, folder)
        pending = planned(found, folder.up_to(to))
        lints = linted(project, backend, [one.migration for one in pending])
    broken = breaking(project, folders, pending) if pending and not no_queries else None
    print_plan(pending, problems, lints, broken, as_json=as_json)
    if problems or any(one.refused for one in pending) or (broken and broken.errors):
        ctx.exit(FOUND)
