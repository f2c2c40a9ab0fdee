"""Columns that are drawn from pools of candidates: together what a condition ties together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from sqlkit.errors import SeedingError
from sqlkit.seeding import guess
from sqlkit.seeding.chance import Stream
from sqlkit.seeding.sieve import refused, sieve, stage, unsatisfied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.seeding.conversation import Conversation
    from sqlkit.seeding.filled import Check, Field, Filled
    from sqlkit.seeding.rows import Rows
    from sqlkit.seeding.sieve import Row

TUPLES = 2_000
ATTEMPTS = 50


def draw(rows: Rows, columns: Sequence[str]) -> Conversation[None]:
    """Make those of the columns that aren't there yet, with what conditions tie to them."""
    checked = set(rows.columns)
    for group in _groups(rows):
        if set(group) & set(columns):
            found = yield from pool(rows, group)
            rows.draw(group, found, " ".join(group))
    between = [
        check
        for check in rows.table.checks
        if len(check.columns) > 1 and checked & {*check.columns} and not rows.left(check.columns)
    ]
    if between:
        yield from _redraw(rows, between)


def pool(rows: Rows, group: Sequence[str]) -> Conversation[list[Row]]:
    """Values that the columns may have, those of several columns as tuples."""
    if len(group) == 1:
        return (yield from _single(rows, group[0]))
    singles: dict[str, list[Row]] = {}
    for name in group:
        singles[name] = yield from _single(rows, name)
    random = Stream().start(rows.chance(" ".join(group)).word(0))
    made = [tuple(random.choice(values)[0] for values in singles.values()) for _ in range(TUPLES)]
    return (yield from sieve(rows.table, group, made))


def _single(rows: Rows, name: str) -> Conversation[list[Row]]:
    table = rows.table
    field = table.fields[name]
    random = Stream().start(rows.chance(name).word(0))
    asked = [check.condition for check in table.checks if name in check.columns]
    try:
        conditions = [*asked, *field.checks[1::2], *field.inner_checks[1::2]]
        values = guess.candidates(field, conditions, random, rows.seed)
    except SeedingError as error:
        if field.required:
            raise SeedingError(f"{table.name} can't be filled: {error}") from None
        values = []
    if field.is_array and values:
        values = guess.arrays((yield from _elements(table, field, values)), random)
    if not field.required:
        values += [None] * (1 + len(values) // 9)
    return (yield from sieve(table, [name], [(value,) for value in values]))


def _elements(table: Filled, field: Field, values: Sequence[Any]) -> Conversation[list[Any]]:
    """Those of the values that the domain of an array's elements lets through."""
    element = structs.replace(
        field, is_array=False, plain=field.plain.removesuffix("[]"), checks=field.inner_checks
    )
    alone = replace(table, fields={field.name: element}, worked_out={}, checks=[])
    found = yield from sieve(alone, [field.name], [(value,) for value in values])
    return [row[0] for row in found]


def _groups(rows: Rows) -> list[list[str]]:
    """Columns that are still to be made: those that a condition ties together, together."""
    groups = [[name] for name in rows.left(rows.table.fields)]
    for check in rows.table.checks:
        tied = [group for group in groups if set(group) & set(check.columns)]
        if len(tied) > 1:
            groups = [group for group in groups if group not in tied]
            groups.append([name for group in tied for name in group])
    return groups


def _redraw(rows: Rows, checks: Sequence[Check]) -> Conversation[None]:
    """Draw again what the conditions between columns that were made apart refuse."""
    columns = list(dict.fromkeys(name for check in checks for name in check.columns))
    again = [(names, found) for names, found in rows.drawn if {*names} & {*columns}]
    asked = [check.condition for check in checks]
    places = list(range(rows.count))
    for attempt in range(ATTEMPTS):
        listed = rows.listed(columns)
        yield from stage(rows.table, columns, [listed[place] for place in places])
        refusals: list[int] = yield refused(asked)
        places = [places[refusal] for refusal in refusals]
        if not places:
            return
        for names, found in again:
            words = rows.chance(f"{' '.join(names)} again {attempt}").words(places)
            for place, word in zip(places, words, strict=True):
                for name, value in zip(names, found[word % len(found)], strict=True):
                    rows.columns[name][place] = value
    raise SeedingError(unsatisfied(rows.table, columns, [check.name for check in checks]))
