"""``sqlkit migrate resolve``."""

from __future__ import annotations

import click

from sqlkit.cli.migrate_options import on_a_database
from sqlkit.project import Project


@click.command()
@click.option("--applied", metavar="ID", help="It is applied, as its file is now.")
@click.option("--rolled-back", metavar="ID", help="It is not applied, or not any more.")
@click.option("--drop-invalid", is_flag=True, help="Drop the INVALID index that it left.")
@on_a_database
def resolve(
    *,
    applied: str | None,
    rolled_back: str | None,
    drop_invalid: bool,
    dsn: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Say how a migration stands that is dirty, changed or missing, or was done by hand.

    Only what the database knows of it is changed: nothing of the migration is run.
    """
    from sqlkit.cli.migrating import opened, shown
    from sqlkit.cli.table import print_json
    from sqlkit.migrations import Settings, resolve_applied, resolve_rolled_back

    if (applied is None) is (rolled_back is None):
        raise click.UsageError("say --applied ID or --rolled-back ID")
    project = Project.find()
    settings = Settings(drop_invalid=drop_invalid)
    with (
        opened(project, project.database(database), dsn, settings) as (backend, folder),
        shown(backend, quiet=True),
    ):
        if applied is not None:
            id_, state = resolve_applied(backend, folder, applied), "applied"
        else:
            id_, state = resolve_rolled_back(backend, folder, str(rolled_back)), "pending"
    if as_json:
        print_json({"id": id_, "state": state})
    else:
        click.echo(f"{id_} is recorded as {state if applied else 'rolled back'}")
