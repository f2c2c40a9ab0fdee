"""``sqlkit describe``: what PostgreSQL says of every query."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sqlkit.cli.options import on_a_schema, on_paths
from sqlkit.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sqlkit.describe import Column, Description, Param
    from sqlkit.errors import SourceError
    from sqlkit.sqlfile import Query


@click.command("describe")
@on_paths
@click.option("--json", "as_json", is_flag=True, help="Print JSON: queries and errors.")
@on_a_schema
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    *,
    as_json: bool,
    dsn: str | None,
    database: str | None,
) -> None:
    """Show the types, nullability and effects of the queries in PATH... (files or folders; all).

    A query that is wrong doesn't hide the others: exit status 1 says that there is one.
    """
    from sqlkit.cli.failure import FOUND, show
    from sqlkit.cli.table import print_json, print_table

    descriptions, errors = _describe(Project.find(), database, dsn, paths)
    if as_json:
        print_json(
            {
                "queries": [description.as_json() for description in descriptions],
                "errors": [error.as_dict() for error in errors],
            }
        )
    else:
        if descriptions:
            print_table(HEADINGS, [_row(description) for description in descriptions])
        show(errors)
    if errors:
        ctx.exit(FOUND)


HEADINGS = ("query", "kind", "parameters", "columns", "reads", "writes", "volatility")


def _describe(
    project: Project, database: str | None, dsn: str | None, paths: Sequence[Path]
) -> tuple[list[Description], list[SourceError]]:
    from sqlkit.cli.queries import chosen, queries
    from sqlkit.cli.schema import Schemas

    descriptions: list[Description] = []
    errors: list[SourceError] = []
    with Schemas(project, dsn) as schemas:
        for folders in chosen(project, database, dsn, paths):
            found, wrong = queries(project, folders, paths)
            errors += wrong
            for answer in _ask(schemas.conninfo(folders), found) if found else ():
                if isinstance(answer, Exception):
                    errors.append(answer)
                else:
                    descriptions.append(answer)
    return descriptions, sorted(errors, key=lambda error: (error.file, error.line, error.column))


def _ask(conninfo: str, queries: Sequence[Query]) -> Iterable[Description | SourceError]:
    import psycopg

    from sqlkit.cli.console import bar
    from sqlkit.describe import describe

    with psycopg.connect(conninfo) as connection:
        for some in bar(queries, "Asking the server"):
            yield from describe(connection, some)


def _row(description: Description) -> tuple[str, ...]:
    return (
        description.name,
        description.kind,
        "\n".join(map(_typed, description.params)),
        "\n".join(map(_typed, description.columns)),
        "\n".join(description.reads),
        "\n".join(description.writes),
        description.volatility,
    )


def _typed(part: Param | Column) -> str:
    return f"{part.name} {part.sql_type}{' or null' if part.nullable else ''}"
