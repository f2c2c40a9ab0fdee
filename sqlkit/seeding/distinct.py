"""Columns that are unique, alone or together: made so that no row repeats another."""

from __future__ import annotations

from dataclasses import replace
from math import gcd, prod
from typing import TYPE_CHECKING, Any

from sqlkit.errors import SeedingError
from sqlkit.seeding import guess
from sqlkit.seeding.chance import Stream
from sqlkit.seeding.drawing import pool
from sqlkit.seeding.filled import Check, mentioned
from sqlkit.seeding.sieve import SIEVE, sieve
from sqlkit.seeding.statements import existing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.seeding.conversation import Conversation
    from sqlkit.seeding.filled import Reference, Unique
    from sqlkit.seeding.rows import Rows
    from sqlkit.seeding.sieve import Row

TRIES = 4
SOME = 2_000


def make_unique(rows: Rows, unique: Unique) -> Conversation[None]:
    """Make the columns of a unique index, unless one of them sees to it by itself."""
    left = rows.left(unique.columns)
    if rows.numbered & set(unique.columns) or not left:
        return
    references = _references_in(rows, left)
    referring = {column for each in references for column in each.columns}
    free = [column for column in left if column not in referring]
    for column in free:
        if guess.distinct(rows.table.fields[column], 1, "x") is not None:
            yield from _make_distinct(rows, column, unique)
            return
    if unique.predicate and _is_avoided(rows, unique, unique.predicate):
        return
    yield from _combine(rows, unique, references, free)


def _is_avoided(rows: Rows, unique: Unique, predicate: str) -> bool:
    """Let there be no row that the index is about, if the columns that say so are left."""
    columns = mentioned(predicate, rows.table.fields.values())
    if not columns or rows.left(columns) != columns:
        return False
    check = Check(unique.name, f"not ({predicate})", columns)
    rows.table = replace(rows.table, checks=[*rows.table.checks, check])
    return True


def _references_in(rows: Rows, columns: Sequence[str]) -> list[Reference]:
    """Foreign keys that are made of these columns, none of two of them."""
    found: list[Reference] = []
    for each in sorted(rows.table.references, key=lambda each: -len(each.columns)):
        used = {column for other in found for column in other.columns}
        if set(each.columns) <= set(columns) and not used & set(each.columns):
            found.append(each)
    return found


def _make_distinct(rows: Rows, column: str, unique: Unique) -> Conversation[None]:
    field = rows.table.fields[column]
    values = [row[0] for row in (yield from pool(rows, [column])) if row[0] is not None]
    found: dict[Any, None] = {}
    number = 1 + rows.before
    for _ in range(TRIES):
        some = range(number, number + rows.count + 10)
        number = some.stop
        words = rows.chance(column).words(some)
        stream = Stream()
        bases = (
            (guess.one("uuid", stream.start(word)) for word in words)
            if field.base == "uuid"
            else (values[word % len(values)] for word in words)
        )
        made = [(guess.distinct(field, n, base),) for n, base in zip(some, bases, strict=True)]
        fresh = [_is_new(rows, column, unique)] if rows.before else []
        left = yield from sieve(rows.table, [column], made, fresh)
        found.update((row[0], None) for row in left)
        if len(found) >= rows.count:
            rows.columns[column] = list(found)[: rows.count]
            rows.numbered.add(column)
            return
    raise _too_few(rows, unique, len(found))


def _is_new(rows: Rows, column: str, unique: Unique) -> str:
    """A condition: the table has no such value yet."""
    field = rows.table.fields[column]
    same = "&&" if unique.exclusion and field.category == "r" else "="
    return (
        f"not exists (select from {rows.table.name} as there "
        f"where there.{field.quoted} {same} {SIEVE}.{field.quoted})"
    )


def _combine(
    rows: Rows, unique: Unique, references: Sequence[Reference], free: Sequence[str]
) -> Conversation[None]:
    """Make columns with few values each unique together: every combination comes once."""
    factors = [(tuple(each.columns), rows.keys.get(each.name, [])) for each in references]
    for column in free:
        values = yield from pool(rows, [column])
        factors.append(
            ((column,), list(dict.fromkeys(row for row in values if row[0] is not None)))
        )
    names = [name for columns, _ in factors for name in columns]
    if not set(unique.columns) <= set(names):
        return
    places = [names.index(column) for column in unique.columns]
    taken: set[Row] = set()
    if rows.before:
        taken.update((yield existing(rows.table.name, unique.columns)))
    total = prod(len(values) for _, values in factors)
    step = _coprime(total)
    found: list[Row] = []
    for start in range(0, total, max(SOME, rows.count)):
        combined = [
            _combination(factors, index * step % total)
            for index in range(start, min(total, start + max(SOME, rows.count)))
        ]
        fresh = [row for row in combined if tuple(row[place] for place in places) not in taken]
        found += yield from sieve(rows.table, names, fresh)
        if len(found) >= rows.count:
            rows.take(names, found[: rows.count])
            return
    raise _too_few(rows, unique, len(found))


def _too_few(rows: Rows, unique: Unique, found: int) -> SeedingError:
    return SeedingError(
        f'{rows.table.name} can\'t be filled: "{unique.name}" is unique, and only {found} of '
        f"{rows.count} rows can be told apart by {', '.join(unique.columns)}"
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
