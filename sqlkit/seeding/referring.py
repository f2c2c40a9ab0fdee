"""Foreign keys of rows in the making: which rows each of them refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.errors import SeedingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.seeding.filled import Reference
    from sqlkit.seeding.rows import Rows
    from sqlkit.seeding.sieve import Row


def refer(rows: Rows, reference: Reference) -> None:
    """Make the columns of a foreign key: to rows that share what is there of it already."""
    left = rows.left(reference.columns)
    keys = rows.keys.get(reference.name, [])
    if not left:
        return
    if keys and len(left) == len(reference.columns):
        rows.draw(reference.columns, [*keys, *_nulls(rows, reference, len(keys))], reference.name)
        return
    chosen = choose(rows, reference, left, keys)
    for place, name in enumerate(reference.columns):
        if name in left:
            rows.columns[name] = [key[place] for key in chosen]


def choose(rows: Rows, reference: Reference, left: Sequence[str], keys: Sequence[Row]) -> list[Row]:
    """For each row a key that has the same as the row in the columns that aren't ``left``.

    NULLs if there is none. Raises `SeedingError` if it can't be NULL then.
    """
    shared = [place for place, name in enumerate(reference.columns) if name not in left]
    by_shared: dict[Row, list[Row]] = {}
    for key in keys:
        by_shared.setdefault(tuple(key[place] for place in shared), []).append(key)
    own = rows.listed([reference.columns[place] for place in shared]) or [()] * rows.count
    words = rows.chance(reference.name).words(range(rows.count))
    none = _none(rows, reference, left)
    found = [by_shared.get(same) for same in own]
    if none is None and not all(found):
        raise SeedingError(
            f"{rows.table.name} can't be filled: nothing in {reference.target} to refer to for "
            f'the constraint "{reference.name}"'
        )
    return [
        some[word % len(some)] if some else none or ()
        for some, word in zip(found, words, strict=True)
    ]


def choose_late(
    rows: Rows,
    reference: Reference,
    late: Sequence[str],
    keys: Sequence[Row],
    taken: Sequence[Row],
) -> list[Row]:
    """As `choose`, for rows that are there: where the key is unique, each is chosen once."""
    if not rows.table.is_alone(reference.columns):
        return choose(rows, reference, late, keys)
    shared = [place for place, name in enumerate(reference.columns) if name not in late]
    own = rows.listed([reference.columns[place] for place in shared]) or [()] * rows.count
    free: dict[Row, list[Row]] = {}
    there = set(taken)
    for key in reversed([key for key in keys if key not in there]):
        free.setdefault(tuple(key[place] for place in shared), []).append(key)
    none = (None,) * len(reference.columns)
    return [free[same].pop() if free.get(same) else none for same in own]


def _nulls(rows: Rows, reference: Reference, count: int) -> list[Row]:
    """NULLs to draw as well: as many as keys, if a condition is about the key, else none."""
    none = _none(rows, reference, reference.columns)
    tied = any({*check.columns} & {*reference.columns} for check in rows.table.checks)
    return [none] * count if none and tied else []


def _none(rows: Rows, reference: Reference, left: Sequence[str]) -> Row | None:
    """A key that refers to nothing; None if no column that is left can be NULL."""
    if all(rows.table.fields[name].required for name in left):
        return None
    return (None,) * len(reference.columns)


def proper(reference: Reference) -> set[str]:
    """The columns of a key to the same table that aren't the ones they refer to as well.

    With ``(tenant, boss)`` referring to ``(tenant, id)``, that is ``boss``.
    """
    pairs = zip(reference.columns, reference.targets, strict=True)
    return {column for column, target in pairs if column != target}


def refer_to_own(rows: Rows, reference: Reference) -> None:
    """Refer to earlier rows of the same table; the first row to none, or to itself."""
    left = rows.left(reference.columns)
    if not left or rows.left(reference.targets):
        return
    shared = [place for place, name in enumerate(reference.columns) if name not in left]
    own = rows.listed([reference.columns[place] for place in shared]) or [()] * rows.count
    words = rows.chance(reference.name).words(range(rows.count))
    none = _none(rows, reference, left)
    alone = rows.table.is_alone(reference.columns)
    earlier: dict[Row, list[Row]] = {}
    chosen: list[Row] = []
    for key, same, word in zip(rows.listed(reference.targets), own, words, strict=True):
        some = earlier.get(same)
        if not some or (alone and none is None):
            chosen.append(none or key)
        else:
            chosen.append(some[-1] if alone else some[word % len(some)])
        earlier.setdefault(tuple(key[place] for place in shared), []).append(key)
    for place, name in enumerate(reference.columns):
        if name in left:
            rows.columns[name] = [key[place] for key in chosen]
