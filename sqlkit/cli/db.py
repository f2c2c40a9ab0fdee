"""``sqlkit db``: a PostgreSQL of the project's own, kept in its cache folder."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import click

from sqlkit.cli import kept
from sqlkit.errors import NoServer
from sqlkit.project import Project

if TYPE_CHECKING:
    from sqlkit.cli.options import Decorator
    from sqlkit.project import DatabaseFolders
    from sqlkit.testing.server import Server


@click.group("db")
def command() -> None:
    """A PostgreSQL of this project's own, for development.

    Its data is kept in .sqlkit/ until "db reset". It listens on this machine only, at a free port
    that stays the same, and asks for no password.
    """


_named: Decorator = click.option(
    "--database", metavar="NAME", help="One of [tool.sqlkit.databases]; the unnamed one if not."
)


@command.command()
def start() -> None:
    """Start the server and apply what is pending of migrations/."""
    project = Project.find()
    server = kept.started(project)
    click.echo(f"PostgreSQL {server.version} is running")
    for folders in project.all_databases():
        _report(server, folders, kept.migrated(server, folders))


@command.command()
def stop() -> None:
    """Stop the server; its data stays."""
    was_running = kept.stopped(Project.find())
    click.echo("PostgreSQL is stopped" if was_running else "PostgreSQL was not running")


@command.command()
@_named
def url(database: str | None) -> None:
    """Print the database's URL and nothing else: export DATABASE_URL="$(sqlkit db url)"."""
    project = Project.find()
    click.echo(kept.url(_running(project), project.database(database)))


@command.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@_named
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(database: str | None, arguments: tuple[str, ...]) -> None:
    """Open psql on the database; ARGUMENTS go to it: sqlkit db psql -c 'select 1'."""
    project = Project.find()
    server = _running(project)
    program = _psql(server)
    os.execv(program, [program, kept.url(server, project.database(database)), *arguments])  # noqa: S606


@command.command()
def reset() -> None:
    """Drop the project's databases on this server, make them anew and apply migrations/."""
    project = Project.find()
    server = kept.restarted(project)
    for folders in project.all_databases():
        server.drop_database(folders.name)
        _report(server, folders, kept.migrated(server, folders))


def _running(project: Project) -> Server:
    server = kept.running(project)
    if server is None:
        raise NoServer('this project\'s PostgreSQL is not running: "sqlkit db start" starts it')
    return server


def _report(server: Server, folders: DatabaseFolders, applied: tuple[str, ...]) -> None:
    for name in applied:
        click.echo(f"applied {name}")
    click.echo(kept.url(server, folders))


def _psql(server: Server) -> str:
    from sqlkit.testing.server import find_binaries

    try:
        beside = find_binaries(server.major).bindir / "psql"
    except NoServer:
        beside = None
    if beside is not None and beside.is_file():
        return str(beside)
    on_path = shutil.which("psql")
    if on_path is None:
        raise NoServer("psql is not installed: neither beside the server's programs nor on PATH")
    return on_path
