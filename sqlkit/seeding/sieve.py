"""Candidates for values, sieved by PostgreSQL: which of them satisfy a table's conditions?

CHECK constraints are not read, but asked: the candidates go to a temporary table without
constraints, and the server says which rows every condition lets through.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlkit.errors import SeedingError
from sqlkit.seeding.statements import copy
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from sqlkit.seeding.catalog import Field, Filled

SIEVE = "pg_temp.sqlkit_sieve"
_VALUE = re.compile(r"'(?:[^']|'')*'|\bVALUE\b")

Row = tuple[Any, ...]
Sieving = Generator["Statement[Any]", Any, list[Row]]


def conditions(table: Filled, columns: Sequence[str]) -> dict[str, str]:
    """The conditions that are about these columns alone, domains' included, by constraint."""
    found = {
        check.name: check.condition
        for check in table.checks
        if check.columns and set(check.columns) <= set(columns)
    }
    for column in columns:
        field = table.fields[column]
        if not field.is_array:
            pairs = zip(field.checks[::2], field.checks[1::2], strict=True)
            found |= {name: _of_column(condition, field) for name, condition in pairs}
    return found


def sieve(table: Filled, columns: Sequence[str], rows: Sequence[Row]) -> Sieving:
    """Those of the rows that the conditions about these columns let through.

    Raises `SeedingError` that names the constraint if none is.
    """
    wanted = conditions(table, columns)
    if not wanted or not rows:
        return list(rows)
    fields = [table.fields[column] for column in columns]
    drop, make, fill = _staged(fields, rows)
    yield drop
    yield make
    yield fill
    places: list[int] = yield _ask(wanted.values())
    if not places:
        raise SeedingError((yield from _blame(table, columns, wanted)))
    left: list[Row] = [rows[place] for place in places]
    return left


def _blame(
    table: Filled, columns: Sequence[str], wanted: Mapping[str, str]
) -> Generator[Statement[Any], Any, str]:
    for name, condition in wanted.items():
        if not (yield _ask([condition])):
            return _unsatisfied(table, columns, f'the constraint "{name}"')
    names = ", ".join(f'"{name}"' for name in wanted)
    return _unsatisfied(table, columns, f"the constraints {names} together")


def _unsatisfied(table: Filled, columns: Sequence[str], what: str) -> str:
    return (
        f"{table.name} can't be filled: no value was found for {', '.join(columns)} that satisfies "
        f"{what}; give the column, or write a factory"
    )


def _staged(
    fields: Sequence[Field], rows: Sequence[Row]
) -> tuple[Statement[Any], Statement[Any], Statement[Any]]:
    columns = ", ".join(f"{field.quoted} {field.plain}" for field in fields)
    names = ", ".join(field.quoted for field in fields)
    placed = [(*row, place) for place, row in enumerate(rows)]
    return (
        exec_(f"drop table if exists {SIEVE}"),
        exec_(f"create temp table sqlkit_sieve ({columns}, sqlkit_place int8) on commit drop"),
        copy("seeding.sieve", SIEVE, f"{names}, sqlkit_place", placed),
    )


def _ask(wanted: Any) -> Statement[list[int]]:
    text = " and ".join(f"({condition}) is not false" for condition in wanted)
    query: Query[list[int]] = Query(
        name="seeding.sieve",
        kind="many",
        lines=(Line(f"select sqlkit_place from {SIEVE} where {text} order by 1"),),
    )
    return Statement(query)


def exec_(text: str) -> Statement[None]:
    """A command without parameters."""
    query: Query[None] = Query(name="seeding.fill", kind="exec", lines=(Line(text),))
    return Statement(query)


def _of_column(condition: str, field: Field) -> str:
    """A domain's condition on VALUE as one on the column."""
    return _VALUE.sub(lambda m: field.quoted if m[0] == "VALUE" else m[0], condition)
