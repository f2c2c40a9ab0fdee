"""Rows of a table of which only the catalog is known: what each column of them holds."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from math import gcd, prod
from typing import TYPE_CHECKING, Any

from sqlkit.errors import SeedingError
from sqlkit.seeding import guess
from sqlkit.seeding.chance import Chance, Stream
from sqlkit.seeding.sieve import Row, conditions, sieve

if TYPE_CHECKING:
    from sqlkit.seeding.catalog import Filled, Reference, Unique
    from sqlkit.statement import Statement

TUPLES = 2_000
Asking = Generator["Statement[Any]", Any, None]


class Rows:
    """Columns of ``count`` rows in the making.

    ``keys`` are what each foreign key may refer to, by its name; ``taken`` what each unique index
    holds already; ``numbered`` are columns that no two rows have the same value of.
    """

    def __init__(
        self,
        table: Filled,
        count: int,
        seed: int,
        keys: Mapping[str, list[Row]],
        taken: Mapping[str, set[Row]],
    ) -> None:
        self.table = table
        self.count = count
        self.seed = seed
        self.keys = keys
        self.taken = taken
        self.columns: dict[str, list[Any]] = {}
        self.numbered: set[str] = set()

    def make(self) -> Asking:
        """Make every column that isn't there yet."""
        if not self.count:
            self.columns = {name: [] for name in self.table.fields}
            return
        own = [each for each in self.table.references if each.target == self.table.name]
        referring = {column for each in own for column in each.columns}
        for unique in self.table.uniques:
            if not referring & set(unique.columns):
                yield from self._make_unique(unique)
        for reference in own:
            self._refer_to_own(reference)
        for unique in self.table.uniques:
            yield from self._make_unique(unique)
        for reference in sorted(self.table.references, key=lambda each: -len(each.columns)):
            self._refer(reference)
        for group in self._groups():
            yield from self._draw(group)

    def _chance(self, what: str) -> Chance:
        return Chance(self.seed, f"fill {self.table.name}", what)

    # --- Unique columns

    def _make_unique(self, unique: Unique) -> Asking:
        """Make its columns so that no row repeats another, unless one of them sees to it."""
        left = [column for column in unique.columns if column not in self.columns]
        if self.numbered & set(unique.columns):
            return
        references = self._references_in(left)
        referring = {column for each in references for column in each.columns}
        free = [column for column in left if column not in referring]
        for column in free:
            if guess.distinct(self.table.fields[column], 1, "x") is not None:
                yield from self._make_distinct(column, unique)
                return
        if left:
            yield from self._combine(unique, references, free)

    def _references_in(self, columns: Sequence[str]) -> list[Reference]:
        found: list[Reference] = []
        for each in sorted(self.table.references, key=lambda each: -len(each.columns)):
            used = {column for other in found for column in other.columns}
            if set(each.columns) <= set(columns) and not used & set(each.columns):
                found.append(each)
        return found

    def _make_distinct(self, column: str, unique: Unique) -> Asking:
        field = self.table.fields[column]
        pool = [row[0] for row in (yield from self._pool([column])) if row[0] is not None]
        chance = self._chance(column)
        found: list[Any] = []
        number = 1 + len(self.taken.get(unique.name, ()))
        for _ in range(4):
            some = range(number, number + self.count + 10)
            number = some.stop
            values = [
                guess.distinct(field, n, self._based_on(pool, chance, n, field.base)) for n in some
            ]
            place = unique.columns.index(column)
            taken = {row[place] for row in self.taken.get(unique.name, ())}
            fresh = [(value,) for value in values if value not in taken]
            found += [row[0] for row in (yield from sieve(self.table, [column], fresh))]
            found = list(dict.fromkeys(found))
            if len(found) >= self.count:
                self.columns[column] = found[: self.count]
                self.numbered.add(column)
                return
        raise self._too_few(unique, len(found))

    def _based_on(self, pool: list[Any], chance: Chance, number: int, base: str) -> Any:
        if base == "uuid":
            return guess.one("uuid", Stream().start(chance.digest(number)))
        return pool[chance.below(len(pool), number)]

    def _combine(
        self, unique: Unique, references: Sequence[Reference], free: Sequence[str]
    ) -> Asking:
        """Make columns with few values each unique together: every combination comes once."""
        factors = [(tuple(each.columns), self.keys.get(each.name, [])) for each in references]
        for column in free:
            pool = yield from self._pool([column])
            factors.append(
                ((column,), list(dict.fromkeys(row for row in pool if row[0] is not None)))
            )
        names = [name for columns, _ in factors for name in columns]
        if not set(unique.columns) <= set(names):
            return
        places = [names.index(column) for column in unique.columns]
        total = prod(len(values) for _, values in factors)
        taken = self.taken.get(unique.name, set[Row]())
        found: list[Row] = []
        step = _coprime(total)
        for index in range(total):
            row = _combination(factors, index * step % total)
            if tuple(row[place] for place in places) not in taken:
                found.append(row)
                if len(found) == self.count:
                    break
        if len(found) < self.count:
            raise self._too_few(unique, len(found))
        for place, name in enumerate(names):
            self.columns[name] = [row[place] for row in found]

    def _too_few(self, unique: Unique, found: int) -> SeedingError:
        return SeedingError(
            f'{self.table.name} can\'t be filled: "{unique.name}" is unique, and only {found} of '
            f"{self.count} rows can be told apart by {', '.join(unique.columns)}"
        )

    # --- Foreign keys

    def _refer(self, reference: Reference) -> None:
        left = [column for column in reference.columns if column not in self.columns]
        if not left:
            return
        keys = self.keys.get(reference.name, [])
        shared = [place for place, name in enumerate(reference.columns) if name in self.columns]
        by_shared: dict[Row, list[Row]] = {}
        for key in keys:
            by_shared.setdefault(tuple(key[place] for place in shared), []).append(key)
        chance = self._chance(reference.name)
        chosen = [self._chosen(reference, shared, by_shared, chance, n) for n in range(self.count)]
        for place, name in enumerate(reference.columns):
            if name in left:
                self.columns[name] = [key[place] for key in chosen]

    def _chosen(
        self,
        reference: Reference,
        shared: Sequence[int],
        by_shared: Mapping[Row, list[Row]],
        chance: Chance,
        number: int,
    ) -> Row:
        same = tuple(self.columns[reference.columns[place]][number] for place in shared)
        found = by_shared.get(same)
        if found:
            return found[chance.below(len(found), number)]
        left = [name for name in reference.columns if name not in self.columns]
        if all(self.table.fields[name].required for name in left):
            raise SeedingError(
                f"{self.table.name} can't be filled: nothing in {reference.target} to refer to for "
                f'the constraint "{reference.name}"'
            )
        return (None,) * len(reference.columns)

    def _refer_to_own(self, reference: Reference) -> None:
        """Refer to earlier rows of the same table; the first row to none, or to itself."""
        if any(name in self.columns for name in reference.columns):
            return
        if not all(name in self.columns for name in reference.targets):
            for name in reference.columns:
                self.columns[name] = [None] * self.count
            return
        required = self.table.is_required(reference)
        alone = self.table.is_alone(reference.columns)
        for name, target in zip(reference.columns, reference.targets, strict=True):
            own = self.columns[target]
            if alone:
                self.columns[name] = own if required else [None, *own[:-1]]
            else:
                later = [own[(number - 1) // 2] for number in range(1, self.count)]
                self.columns[name] = [own[0] if required else None, *later]

    # --- Everything else

    def _groups(self) -> list[list[str]]:
        """Columns that are still to be made: those that a condition ties together, together."""
        groups = [[name] for name in self.table.fields if name not in self.columns]
        for check in self.table.checks:
            tied = [group for group in groups if set(group) & set(check.columns)]
            if len(tied) > 1:
                groups = [group for group in groups if group not in tied]
                groups.append([name for group in tied for name in group])
        return groups

    def _draw(self, group: list[str]) -> Asking:
        pool = yield from self._pool(group)
        chance = self._chance(" ".join(group))
        rows = [pool[chance.below(len(pool), number)] for number in range(self.count)]
        for place, name in enumerate(group):
            self.columns[name] = [row[place] for row in rows]

    def _pool(self, group: Sequence[str]) -> Generator[Statement[Any], Any, list[Row]]:
        """Values that the columns may have, those of several columns as tuples."""
        singles: list[list[Row]] = []
        for name in group:
            field = self.table.fields[name]
            random = Stream().start(self._chance(name).digest(0))
            asked = [check.condition for check in self.table.checks if name in check.columns]
            texts = [*asked, *field.checks[1::2]]
            try:
                values = guess.candidates(field, texts, random, self.seed)
            except SeedingError as error:
                if field.required:
                    raise SeedingError(f"{self.table.name} can't be filled: {error}") from None
                values = []
            if not field.required:
                values += [None] * (1 + len(values) // 9)
            singles.append((yield from sieve(self.table, [name], [(value,) for value in values])))
        if len(group) == 1:
            return singles[0]
        random = Stream().start(self._chance(" ".join(group)).digest(0))
        rows = [tuple(random.choice(pool)[0] for pool in singles) for _ in range(TUPLES)]
        return (
            (yield from sieve(self.table, group, rows)) if conditions(self.table, group) else rows
        )


def _coprime(total: int) -> int:
    """A step that visits all of ``total`` places before it comes back."""
    step = max(1, int(total * 0.618))
    while total and gcd(step, total) != 1:
        step += 1
    return step


def _combination(factors: Sequence[tuple[tuple[str, ...], list[Row]]], index: int) -> Row:
    row: list[Any] = []
    for _, values in factors:
        index, place = divmod(index, len(values))
        row += values[place]
    return tuple(row)
