"""In which order tables are filled, and where a circle of foreign keys is cut. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.errors import SeedingError
from sqlkit.seeding.filled import Filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from sqlkit.seeding.filled import Reference


def in_order(tables: Mapping[str, Filled]) -> tuple[list[Filled], Set[str]]:
    """The tables, those that others refer to first; and the foreign keys that are cut.

    A key that is cut (``table.name``) is NULL at first, and set when all rows are there; or, where
    it can't be NULL, it is checked at the end and refers to rows that aren't there yet: `deferred`.
    Raises `SeedingError` for a circle of keys of which none is of either kind.
    """
    cut: set[str] = set()
    left, ordered = dict(tables), list[Filled]()
    while left:
        ready = [table for table in left.values() if not _waits_for(table, left, cut)]
        for table in ready:
            ordered.append(left.pop(table.name))
        if not ready:
            cut.add(_weakest(left, tables, cut))
    return ordered, cut


def named(table: Filled, reference: Reference) -> str:
    """The name of a foreign key among those of all tables."""
    return f"{table.name}.{reference.name}"


def _waits_for(table: Filled, left: Mapping[str, Filled], cut: Set[str]) -> list[Reference]:
    return [
        reference
        for reference in table.references
        if reference.target in left
        and reference.target != table.name
        and named(table, reference) not in cut
    ]


def deferred(table: Filled, reference: Reference, cut: Set[str]) -> bool:
    """Whether a foreign key is cut by being checked later, and not by being NULL at first."""
    return named(table, reference) in cut and table.is_required(reference)


def _can_wait(reference: Reference, tables: Mapping[str, Filled]) -> bool:
    """Whether a key can refer to rows to come: it is checked late, a sequence numbers them."""
    fields = tables[reference.target].fields
    return reference.deferrable and all(fields[name].sequence for name in reference.targets)


def _weakest(left: Mapping[str, Filled], tables: Mapping[str, Filled], cut: Set[str]) -> str:
    """A key to cut: one within a circle that can be NULL, or else one that can wait."""
    waiting = {name: _waits_for(table, left, cut) for name, table in left.items()}
    in_circle = [
        (left[name], reference)
        for name, references in waiting.items()
        for reference in references
        if name in _reached(reference.target, waiting)
    ]
    for table, reference in in_circle:
        if not table.is_required(reference):
            return named(table, reference)
    for table, reference in in_circle:
        if _can_wait(reference, tables):
            return named(table, reference)
    names = ", ".join(named(table, reference) for table, reference in in_circle)
    raise SeedingError(
        f"these foreign keys are a circle, and none can be NULL: {names}; let one be NULL or "
        "deferrable"
    )


def _reached(start: str, waiting: Mapping[str, list[Reference]]) -> set[str]:
    found: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [reference.target for reference in waiting.get(name, [])]
    return found
