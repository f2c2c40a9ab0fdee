"""Rows in the making for a table of which only the catalog is known, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlkit.seeding.chance import Chance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlkit.seeding.filled import Filled
    from sqlkit.seeding.sieve import Row


class Rows:
    """Columns of ``count`` rows in the making.

    ``keys`` are what each foreign key may refer to, by its name; ``before`` the number of rows that
    the table has already; ``numbered`` are columns that no two rows have the same value of;
    ``drawn`` the columns that could be drawn again, and from what.
    """

    def __init__(
        self, table: Filled, count: int, seed: int, keys: Mapping[str, list[Row]], before: int
    ) -> None:
        self.table = table
        self.count = count
        self.seed = seed
        self.keys = keys
        self.before = before
        self.columns: dict[str, list[Any]] = {}
        self.numbered: set[str] = set()
        self.drawn: list[tuple[list[str], list[Row]]] = []

    def chance(self, what: str) -> Chance:
        """The chance of some columns, or of a foreign key."""
        return Chance(self.seed, f"fill {self.table.name}", what)

    def left(self, columns: Iterable[str]) -> list[str]:
        """Those of the columns that aren't there yet."""
        return [column for column in columns if column not in self.columns]

    def take(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Make these columns of the values of these rows."""
        for place, name in enumerate(columns):
            self.columns[name] = [row[place] for row in rows]

    def draw(self, columns: Sequence[str], pool: list[Row], what: str) -> None:
        """Make columns, none of which is there yet, by drawing rows of them from a pool."""
        size = len(pool)
        places = [word % size for word in self.chance(what).words(range(self.count))]
        for number, name in enumerate(columns):
            values = [row[number] for row in pool]
            self.columns[name] = [values[place] for place in places]
        self.drawn.append(([*columns], pool))

    def listed(self, columns: Sequence[str]) -> list[Row]:
        """The values of some columns, row by row."""
        return list(zip(*(self.columns[name] for name in columns), strict=True))

    def listed_key(self) -> list[list[Any]]:
        """The columns of the primary key; none if there is none."""
        return [self.columns[name] for name in self.table.key]
