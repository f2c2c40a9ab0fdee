"""Many rows of arguments at once: held against their types column by column, not one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.database.types.accepts import Accepts


def all_fit(rows: Sequence[Sequence[Any]], columns: Sequence[Accepts]) -> bool:
    """Whether all rows are tuples or lists of one value for each column, each of which it takes."""
    if not {*map(type, rows)} <= {tuple, list}:
        return False
    if {*map(len, rows)} != {len(columns)}:
        return False
    values = zip(*rows, strict=True)
    return all(column.takes(some) for column, some in zip(columns, values, strict=True))


def with_lists(
    rows: Sequence[Sequence[Any]], columns: Sequence[Accepts]
) -> Sequence[Sequence[Any]]:
    """The rows, each with lists for its arrays: psycopg takes no other sequence for one."""
    arrays = [i for i, column in enumerate(columns) if column.is_array]
    return [_with_lists(row, arrays) for row in rows] if arrays else rows


def _with_lists(row: Sequence[Any], arrays: Sequence[int]) -> Sequence[Any]:
    if all(row[i] is None or isinstance(row[i], list) for i in arrays):
        return row
    values = list(row)
    for i in arrays:
        values[i] = None if row[i] is None else list(row[i])
    return values
