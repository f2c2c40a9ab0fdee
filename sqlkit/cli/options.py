"""Options that several commands have, in the order in which ``--help`` shows them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    Function: TypeAlias = Callable[..., Any]
    Decorator: TypeAlias = Callable[[Function], Function]


def together(*options: Decorator) -> Decorator:
    """Several options as one decorator."""

    def with_all(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return with_all


on_paths: Decorator = click.argument(
    "paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]..."
)
"""The files and folders that are meant; none: all."""

on_a_schema = together(
    click.option("--dsn", help="A database with the schema, instead of a throw-away server."),
    click.option(
        "--database", metavar="NAME", help="One of [tool.sqlkit.databases]; all if not said."
    ),
)
"""Which databases, for what needs no data: see `sqlkit.cli.schema`."""

on_data = together(
    click.option(
        "--dsn", help="The database. Else DATABASE_URL, PG*, or the project's own server."
    ),
    click.option("--database", metavar="NAME", help="One of [tool.sqlkit.databases]."),
)
"""Which database, for what works on its data: see `sqlkit.cli.target`."""
