"""What making rows asks for: decided once, waited for in `sqlkit.seeding.waiting`.

A conversation is a generator. It yields what it needs done, a `Statement`, a list of them for a
batch or one of these, and is sent the answer or thrown the error.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from sqlkit.seeding.statements import copy, select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.seeding.statements import Reading
    from sqlkit.seeding.table import Column, Table
    from sqlkit.statement import Statement

T = TypeVar("T")
Told: TypeAlias = Callable[[str, int, int], object]
"""Hears of progress: of what (a seeder, a table), how many rows so far, of how many."""

AT_ONCE = 5_000
# More, since PostgreSQL may well read the whole table for each part.
READ_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True)
class Created:
    """Rows that a factory has just put into its table: its hook is called with each."""

    factory: Any
    rows: list[Any]


@dataclass(frozen=True, slots=True)
class Then:
    """What a seeder does at the end: a function, and its twin for async connections."""

    name: str
    sync: Callable[[Any], object] | None
    for_async: Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Savepoint:
    """Another conversation to be held within a savepoint; ``undo``: which is then rolled back."""

    conversation: Generator[Any, Any, Any]
    undo: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Time to let pass, in seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of so many rows are there."""

    of: str
    rows: int
    all_rows: int


Request: TypeAlias = (
    "Statement[Any] | list[Statement[Any]] | Created | Then | Savepoint | Pause | Progress"
)
Conversation: TypeAlias = Generator[Request, Any, T]


def copied(name: str, table: str, columns: str, rows: Sequence[Any]) -> Conversation[None]:
    """Send rows by COPY, so many at once that no statement is a long one."""
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        yield copy(name, table, columns, part)
        yield Progress(table, start + len(part), len(rows))


def read(
    name: str, table: Table, key: Sequence[Column], reading: Reading, keys: Sequence[list[Any]]
) -> Conversation[list[Any]]:
    """Rows with these keys (one list for each column of the key), in their order."""
    found: list[Any] = []
    for start in range(0, len(keys[0]), READ_AT_ONCE):
        some = [column[start : start + READ_AT_ONCE] for column in keys]
        found += yield select(name, table, key, reading, some)
    return found
