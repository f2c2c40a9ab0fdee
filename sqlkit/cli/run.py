"""``sqlkit run``: any query of the project by name, and a table of what came back."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import click

from sqlkit.cli.options import on_data
from sqlkit.project import Project

if TYPE_CHECKING:
    from pathlib import Path

    from sqlkit.describe import Description
    from sqlkit.sqlfile import Query


@click.command("run")
@click.argument("name")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--null", "nulls", multiple=True, metavar="NAME", help="Give NULL for a parameter.")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option("--csv", "form", flag_value="csv", help="Print CSV; NULL is empty.")
@on_data
def command(
    name: str,
    values: tuple[str, ...],
    nulls: tuple[str, ...],
    form: str | None,
    dsn: str | None,
    database: str | None,
) -> None:
    """Run the query NAME (users.get_user) and print what it gives.

    Values are in PostgreSQL's own syntax and read as the parameter's type: id=1 active=true
    day=2026-01-31 'tags={a,b}' or 'tags=["a","b"]' 'data={"a": 1}'. What writes, writes.
    """
    from sqlkit.cli.answer import print_answer
    from sqlkit.cli.arguments import split
    from sqlkit.cli.queries import find
    from sqlkit.cli.target import target

    given = split(values, nulls)
    project = Project.find()
    folders = project.database(database)
    query = find(project, folders, name)
    if query.copy is not None:
        raise click.UsageError(f"{name} takes rows, not values: call it from Python")
    description, result = _run(query, folders.sql, target(project, folders, dsn), given)
    print_answer(query, description, result, form)


def _run(
    query: Query, sql: Path, conninfo: str, given: dict[str, str | None]
) -> tuple[Description, Any]:
    from sqlkit import load
    from sqlkit.cli.arguments import arguments, parameters
    from sqlkit.cli.connected import connected
    from sqlkit.cli.paths import from_here
    from sqlkit.describe import describe

    with connected(conninfo) as db, db.connection() as connection:
        description = describe(connection.psycopg, [query])[0]
        if isinstance(description, Exception):
            raise description
        args = arguments(connection, parameters(query, description), given)
        function = reduce(getattr, query.full_name.split("."), load(from_here(sql)))
        return description, connection.run(function(**args))
