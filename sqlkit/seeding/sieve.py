"""Candidates for values, sieved by PostgreSQL: which of them satisfy a table's conditions?

CHECK constraints are not read, but asked: the candidates go to a temporary table without
constraints, and the server says which rows every condition lets through.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlkit.errors import SeedingError
from sqlkit.seeding.filled import mentioned
from sqlkit.seeding.statements import copy
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlkit.seeding.conversation import Conversation
    from sqlkit.seeding.filled import Field, Filled

SIEVE = "pg_temp.sqlkit_sieve"
_VALUE = re.compile(r"'(?:[^']|'')*'|\bVALUE\b")

Row = tuple[Any, ...]


def conditions(table: Filled, columns: Sequence[str]) -> dict[str, str]:
    """The conditions that are about these columns alone, domains' included, by constraint."""
    found = {
        check.name: check.condition
        for check in table.checks
        if check.columns and set(check.columns) <= set(columns)
    }
    for column in columns:
        field = table.fields[column]
        pairs = zip(field.checks[::2], field.checks[1::2], strict=True)
        found |= {name: _of_column(condition, field) for name, condition in pairs}
    return found


def sieve(
    table: Filled, columns: Sequence[str], rows: Sequence[Row], more: Sequence[str] = ()
) -> Conversation[list[Row]]:
    """Those of the rows that the conditions about these columns let through, and ``more`` of them.

    Raises `SeedingError` that names the constraint if none is; not if it is for ``more``.
    """
    wanted = conditions(table, columns)
    if not (wanted or more) or not rows:
        return list(rows)
    yield from stage(table, columns, rows)
    places: list[int] = yield _ask([*wanted.values(), *more])
    if not places and wanted and not (more and (yield _ask(wanted.values()))):
        raise SeedingError((yield from _blame(table, columns, wanted)))
    return [rows[place] for place in places]


def stage(table: Filled, columns: Sequence[str], rows: Sequence[Row]) -> Conversation[None]:
    """Put rows into the sieve, with the generated columns that are made from theirs."""
    fields = [table.fields[column] for column in columns]
    made = [_defined(field) for field in fields]
    made += [
        f"{_defined(field)} generated always as ({field.generated}) stored"
        for field in table.worked_out.values()
        if set(mentioned(field.generated or "", table.fields.values())) <= set(columns)
    ]
    names = ", ".join(field.quoted for field in fields)
    placed = [(*row, place) for place, row in enumerate(rows)]
    yield exec_(f"drop table if exists {SIEVE}")
    yield exec_(
        f"create temp table sqlkit_sieve ({', '.join(made)}, sqlkit_place int8) on commit drop"
    )
    yield copy("seeding.sieve", SIEVE, f"{names}, sqlkit_place", placed)


def refused(wanted: Sequence[str]) -> Statement[list[int]]:
    """Asks for the places of rows in the sieve that not all of these conditions let through."""
    return _asked(f"not ({_all(wanted)})")


def _defined(field: Field) -> str:
    collation = f" collate {field.collation}" if field.collation else ""
    return f"{field.quoted} {field.plain}{collation}"


def _blame(table: Filled, columns: Sequence[str], wanted: Mapping[str, str]) -> Conversation[str]:
    for name, condition in wanted.items():
        if not (yield _ask([condition])):
            return unsatisfied(table, columns, [name])
    return unsatisfied(table, columns, list(wanted))


def unsatisfied(table: Filled, columns: Sequence[str], names: Sequence[str]) -> str:
    """What to say if no values of the columns satisfy these constraints."""
    listed = ", ".join(f'"{name}"' for name in names)
    what = f"the constraint {listed}" if len(names) == 1 else f"the constraints {listed} together"
    return (
        f"{table.name} can't be filled: no value was found for {', '.join(columns)} that satisfies "
        f"{what}; give the column, or write a factory"
    )


def _ask(wanted: Iterable[str]) -> Statement[list[int]]:
    return _asked(_all(wanted))


def _all(wanted: Iterable[str]) -> str:
    # As a CHECK: what is NULL is let through.
    return " and ".join(f"({condition}) is not false" for condition in wanted)


def _asked(condition: str) -> Statement[list[int]]:
    query: Query[list[int]] = Query(
        name="seeding.sieve",
        kind="many",
        lines=(Line(f"select sqlkit_place from {SIEVE} where {condition} order by 1"),),
    )
    return Statement(query)


def exec_(text: str) -> Statement[None]:
    """A command without parameters."""
    query: Query[None] = Query(name="seeding.fill", kind="exec", lines=(Line(text),))
    return Statement(query)


def _of_column(condition: str, field: Field) -> str:
    """A domain's condition on VALUE as one on the column."""
    return _VALUE.sub(lambda m: field.quoted if m[0] == "VALUE" else m[0], condition)
