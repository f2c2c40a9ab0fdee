"""What a query gave, on standard output: as its kind says, in the form that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sqlkit.cli.console import say
from sqlkit.cli.table import print_csv, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.describe import Description
    from sqlkit.sqlfile import Kind, Query


def print_answer(query: Query, description: Description, result: Any, form: str | None) -> None:
    """Print the answer of one run; ``form`` is ``json``, ``csv`` or None for a table.

    JSON is what Python gets: a list of objects, one object or null, a number of rows, null.
    """
    if description.kind in {"exec", "script"}:
        _print_done(form)
    elif description.kind == "affected":
        _print_count(result, form)
    else:
        _print_rows(description.kind, *_rows(query, description, result), form)


def _print_rows(
    kind: Kind, columns: Sequence[str], rows: list[Sequence[Any]], form: str | None
) -> None:
    if form == "json":
        objects = [dict(zip(columns, row, strict=True)) for row in rows]
        print_json(objects if kind in {"many", "copy"} else objects[0] if objects else None)
    elif form == "csv":
        print_csv(columns, rows)
    else:
        print_table(columns, rows)
        say(_count(len(rows)))


def _rows(
    query: Query, description: Description, result: Any
) -> tuple[Sequence[str], list[Sequence[Any]]]:
    """The columns' names and the rows, whether a row came as such or as the value of one column."""
    columns = _names(description)
    if description.kind in {"one", "maybe"}:
        result = [] if result is None and description.kind == "maybe" else [result]
    options = query.options
    if options.first_column or (len(columns) == 1 and options.row is None):
        return columns[:1], [[value] for value in result]
    return columns, [tuple(row) for row in result]


def _names(description: Description) -> list[str]:
    """The columns' names; the second ``id`` is ``id_2``."""
    names: list[str] = []
    for column in description.columns:
        name, number = column.name, 1
        while name in names:
            number += 1
            name = f"{column.name}_{number}"
        names.append(name)
    return names


def _print_done(form: str | None) -> None:
    if form == "json":
        print_json(None)
    else:
        say("done")


def _print_count(rows: int, form: str | None) -> None:
    if form == "json":
        print_json(rows)
    elif form == "csv":
        print_csv(["affected"], [[rows]])
    else:
        click.echo(f"{_count(rows)} affected")


def _count(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows} rows"
