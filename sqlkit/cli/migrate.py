"""``sqlkit migrate``: the migrations of a database, in yoyo's format."""

from __future__ import annotations

import click

from sqlkit.cli.migrate_look import plan, status
from sqlkit.cli.migrate_resolve import resolve
from sqlkit.cli.migrate_run import apply, rollback


@click.group("migrate")
def command() -> None:
    """Apply migrations, roll them back, and say how they stand.

    The files and the ledger are yoyo's, so "yoyo apply" works on them too. The database is --dsn,
    else DATABASE_URL, else PG*, else this project's own server ("sqlkit db").
    """


for one in (status, plan, apply, rollback, resolve):
    command.add_command(one)
