"""Rows on standard output: as a table, as CSV or as JSON."""

from __future__ import annotations

import csv
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
from rich.table import Table
from rich.text import Text

from sqlkit.cli.console import stdout
from sqlkit.cli.values import plain, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table for reading: numbers to the right, NULL told from an empty text."""
    table = Table(header_style="bold")
    for number, column in enumerate(columns):
        numeric = any(_is_number(row[number]) for row in rows)
        table.add_column(
            Text(_visible(column)), justify="right" if numeric else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*map(_cell, row))
    stdout().print(table)


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """CSV as RFC 4180 has it, but for line feeds; NULL and an empty text are both empty."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([text(value) for value in row] for row in rows)


def print_json(value: Any) -> None:
    """A value as indented JSON."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(plain(value))).decode() + "\n")


def _cell(value: Any) -> Text:
    return Text("NULL", "dim") if value is None else Text(_visible(text(value)))


def _visible(cell: str) -> str:
    """A value's control characters as escapes, so that none of them drives the terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in cell)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
