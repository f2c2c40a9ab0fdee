"""Which row of a seeder PostgreSQL refused, and how that is said without what the row holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

from sqlkit.errors import SeederFailed, WrongArgument
from sqlkit.seeding.conversation import Savepoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.seeding.conversation import Conversation
    from sqlkit.seeding.stage import Stage

Refusal = (psycopg.Error, WrongArgument)


def find(stage: Stage, rows: Sequence[Any]) -> Conversation[tuple[int, Exception] | None]:
    """The place of the first row that is refused, among rows that were; None if none is now.

    Looked for by halves, each tried in a savepoint: what goes well stays, since a row may be
    refused for what an earlier one wrote.
    """
    low, high = 0, len(rows)
    while low < high:
        middle = low + max(1, (high - low) // 2)
        error = yield from _refused(stage, rows[low:middle])
        if error is None:
            low = middle
        elif middle - low == 1:
            return low, error
        else:
            high = middle
    return None


def _refused(stage: Stage, rows: Sequence[Any]) -> Conversation[Exception | None]:
    try:
        yield Savepoint(stage.write(rows))
    except Refusal as error:
        return error
    return None


def failed(
    stage: Stage, error: Exception, place: int | None = None, key: Sequence[Any] = ()
) -> SeederFailed:
    """The error to raise: seeder, row, natural key, constraint, and no other value.

    PostgreSQL's own words for a refused row hold the whole row (DETAIL), so they are left out.
    """
    seeder = stage.name.removeprefix("seeder ")
    row = None if place is None else place + 1
    named = zip(stage.key, key, strict=True) if key else ()
    known = ", ".join(f"{column.name} = {value!r}" for column, value in named)
    where = f"seeder {seeder}" + (f", row {row} ({known})" if row else "")
    if not isinstance(error, psycopg.Error):
        # Which says itself of which query and row it is: "seeder users: row 3: email must be str".
        reason = str(error).removeprefix(f"{stage.name}: ").split(": ", 1)[-1]
        return SeederFailed(f"{where}: {reason}; nothing was written", seeder=seeder, row=row)
    constraint = error.diag.constraint_name
    return SeederFailed(
        f"{where}: {_reason(error)} [{error.sqlstate}]; nothing was written",
        seeder=seeder,
        row=row,
        constraint=constraint,
        sqlstate=error.sqlstate,
    )


def _reason(error: psycopg.Error) -> str:
    diag = error.diag
    state = error.sqlstate or ""
    table = f" of {diag.table_name}" if diag.table_name else ""
    if diag.constraint_name:
        return f'{type(error).__name__} of "{diag.constraint_name}"{table}'
    if diag.column_name:
        return f'{type(error).__name__} of the column "{diag.column_name}"{table}'
    if state.startswith("42"):  # of the statement, not of a row
        return diag.message_primary or type(error).__name__
    return type(error).__name__
