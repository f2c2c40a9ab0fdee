"""``sqlkit migrate apply`` and ``rollback``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sqlkit.cli import migrate_options
from sqlkit.cli.migrate_look import plan
from sqlkit.cli.migrate_options import given, on_a_database, with_limits, with_settings
from sqlkit.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sqlkit.migrations import Folder, Migration
    from sqlkit.migrations.backend import Backend


@click.command()
@click.option("--to", metavar="ID", help="The last one to apply; the beginning of its id will do.")
@click.option("--out-of-order", is_flag=True, help="Apply what comes before an applied one, too.")
@click.option("--drop-invalid", is_flag=True, help="Drop an INVALID index that is in the way.")
@click.option(
    "--dry-run",
    type=click.Choice(["plan", "verify", "scratch"]),
    is_flag=False,
    flag_value="verify",
    help="Change nothing: read the files; try them and roll back (the default); or try them, and "
    "their rollbacks, on a copy of the schema.",
)
@with_limits
@with_settings
@on_a_database
def apply(
    *,
    to: str | None,
    dry_run: str | None,
    dsn: str | None,
    database: str | None,
    as_json: bool,
    limits: dict[str, Any],
    **settings: Any,
) -> None:
    """Apply what is pending.

    Nothing is applied if files and database don't agree: a file was edited after it was applied, is
    gone, or comes before one that is applied. Each migration is a transaction of its own.

    --dry-run changes neither schema nor ledger. It shows for each statement the time, the locks it
    really took and the tables it rewrote; exit status 1 says that something is dangerous.
    """
    from sqlkit.migrations import apply

    def pending(backend: Backend, folder: Folder) -> Generator[Migration]:
        return apply(backend, folder, to=to)

    ctx = click.get_current_context()
    if dry_run != "verify" and given(limits):
        raise click.UsageError(
            "--danger-rows, --danger-size and --statement-timeout are for --dry-run"
        )
    if dry_run == "plan":
        ctx.invoke(plan, to=to, no_queries=False, dsn=dsn, database=database, as_json=as_json)
    elif dry_run:
        _dry_run(ctx, dry_run, dsn, database, settings, limits, to=to, as_json=as_json)
    else:
        _run(pending, dsn, database, settings, as_json=as_json, nothing="nothing is pending")


@click.command()
@click.option("--count", type=click.IntRange(1), help="How many, the last first (1).")
@click.option("--to", metavar="ID", help="Roll back all that come after this one.")
@click.option("--all", "all_", is_flag=True, help="Roll back all.")
@with_settings
@on_a_database
def rollback(
    *,
    count: int | None,
    to: str | None,
    all_: bool,
    dsn: str | None,
    database: str | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Roll back the last migration, or several.

    What a migration's .rollback.sql says is run; without one there is no rolling back.
    """
    from sqlkit.migrations import roll_back

    if sum((count is not None, to is not None, all_)) > 1:
        raise click.UsageError("--count, --to and --all each say how many: give one of them")

    def chosen(backend: Backend, folder: Folder) -> Generator[Migration]:
        return roll_back(backend, folder, count=None if all_ else count or 1, to=to)

    _run(chosen, dsn, database, settings, as_json=as_json, nothing="nothing is applied")


def _dry_run(
    ctx: click.Context,
    level: str,
    dsn: str | None,
    database: str | None,
    settings: dict[str, Any],
    limits: dict[str, Any],
    *,
    to: str | None,
    as_json: bool,
) -> None:
    from sqlkit.cli import dry_run
    from sqlkit.cli.failure import FOUND

    project = Project.find()
    chosen = migrate_options.settings(project, settings)
    target = dry_run.Target(project, project.database(database), dsn, chosen)
    if level == "verify":
        dangerous = migrate_options.limits(project, limits)
        bad = dry_run.try_out(target, dangerous, to=to, as_json=as_json)
    else:
        bad = dry_run.reverse(target, to=to, as_json=as_json)
    if bad:
        ctx.exit(FOUND)


def _run(
    run: Callable[[Backend, Folder], Generator[Migration]],
    dsn: str | None,
    database: str | None,
    settings: dict[str, Any],
    *,
    as_json: bool,
    nothing: str,
) -> None:
    """Run migrations and print each; with JSON all in the end, also if one failed."""
    from sqlkit.cli.console import say
    from sqlkit.cli.migrating import opened, shown
    from sqlkit.cli.table import print_json

    project = Project.find()
    chosen = migrate_options.settings(project, settings)
    with (
        opened(project, project.database(database), dsn, chosen) as (backend, folder),
        shown(backend, quiet=as_json) as watcher,
    ):
        try:
            for _ in run(backend, folder):
                pass
        except KeyboardInterrupt:
            say('interrupted: "sqlkit migrate status" says how all stand')
            raise
        finally:
            if as_json:
                print_json({"migrations": watcher.done})
    if not watcher.done and not as_json:
        click.echo(nothing)
