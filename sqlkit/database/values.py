"""From the values of a row to what a call gives: pure, by kind, row class and ``@type``."""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, Any

import msgspec

from sqlkit.database.types import named_tuple
from sqlkit.errors import NoRow, TooManyRows, UnreadableValue, WrongArgument, WrongKind
from sqlkit.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from sqlkit.statement import Query

ROLLED_BACK = (
    "the block ended well, but an error inside it had aborted the transaction: "
    "it was rolled back. Let such an error leave the block, or put it in a savepoint of its own."
)


def seconds(query: Query[Any] | None, default: float) -> float:
    """How long a call of the query may take: its own ``@timeout``, else the database's."""
    return default if query is None or query.timeout is None else query.timeout


def check_statement(statement: object, method: str) -> None:
    """Raise `WrongArgument` for what isn't a statement, saying how to make one of it."""
    if isinstance(statement, Statement):
        return
    if isinstance(statement, str):
        cure = "sqlkit.sql(...) makes one of SQL text"
    elif callable(statement):
        cure = f"call {getattr(statement, '__name__', 'it')}(...) to make one"
    else:
        cure = "a generated function makes one"
    raise WrongArgument(f"{method} takes a statement, not a {type(statement).__name__}: {cure}")


def check_streamed(query: Query[Any]) -> None:
    """Raise `WrongKind` for a query that is not rows one after the other."""
    if query.kind not in ("many", "copy", None) or query.copy_in is not None:
        raise WrongKind(f"{query.name} can't be streamed: its kind is not :many{_at(query)}")


def check_batch(statements: Iterable[Statement[Any]]) -> None:
    """Raise `WrongKind` for what can't be sent in a pipeline, `WrongArgument` for no statement."""
    for statement in statements:
        check_statement(statement, "a batch")
        query = statement.query
        if query.kind in ("copy", "script"):
            raise WrongKind(f"{query.name} can't be in a batch: it is a :{query.kind}{_at(query)}")


def check_rows(query: Query[Any], rows: object, *iterable: type) -> None:
    """Raise `WrongArgument` for what gives no rows to a ``:copy``."""
    if not isinstance(rows, iterable):
        raise WrongArgument(
            f"{query.name}: rows must be an iterable of rows, not {type(rows).__name__}"
        )


def check_count(query: Query[Any], count: int) -> None:
    """Hold the number of rows against the kind. Raises `NoRow` and `TooManyRows`."""
    if count == 0 and query.kind == "one":
        raise NoRow(f"{query.name} gave no row{_at(query)}")
    if count > 1:
        raise TooManyRows(f"{query.name} gave {count} rows, where at most one may be{_at(query)}")


def _at(query: Query[Any]) -> str:
    return f" ({query.source})" if query.source else ""


class Shape:
    """What the values of a row become, by its query's row class and its ``@type``s.

    ``read``: places of the columns that were read as the types they are to have.
    """

    __slots__ = ("_converts", "_row")

    def __init__(
        self, query: Query[Any], columns: Sequence[str], read: Container[int] = ()
    ) -> None:
        is_bare = query.row is None and len(columns) == 1 and not query.named
        self._row = None if is_bare else query.row or named_tuple("Row", columns)
        self._converts = [(i, type_) for i, type_ in query.converts.items() if i not in read]

    def one(self, values: tuple[Any, ...]) -> Any:
        """What the query gives for a row. Raises `msgspec.ValidationError`."""
        if self._converts:
            values = self._converted(values)
        return values[0] if self._row is None else self._row(*values)

    def many(self, rows: Iterable[tuple[Any, ...]]) -> list[Any]:
        """What it gives for each of them."""
        if self._converts:
            rows = map(self._converted, rows)
        if self._row is None:
            return [value for (value,) in rows]
        return list(starmap(self._row, rows))

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for column, wanted in self._converts:
            if values[column] is not None:
                values[column] = msgspec.convert(values[column], wanted)
        return tuple(values)


def convert_one(query: Query[Any], column: int, value: Any) -> Any:
    """The value as the type that ``@type`` names. Raises `msgspec.ValidationError`."""
    wanted = query.converts.get(column)
    if wanted is None or value is None:
        return value
    return msgspec.convert(value, wanted)


def have_changed(query: Query[Any]) -> UnreadableValue:
    """The error for rows that can't be read as what the server said of them before."""
    return UnreadableValue(
        f"{query.name}: its columns have changed since it was prepared: run it again{_at(query)}"
    )


def unreadable(query: Query[Any], column: str, row: int, reason: str) -> UnreadableValue:
    """The error for a value that can't be had, without the value."""
    return UnreadableValue(f"{query.name}: column {column}, row {row}: {reason}{_at(query)}")
