"""In which order tables are filled, and where a circle of foreign keys is cut. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.errors import SeedingError
from sqlkit.seeding.catalog import Filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from sqlkit.seeding.catalog import Reference


def in_order(tables: Mapping[str, Filled]) -> tuple[list[Filled], Set[str]]:
    """The tables, those that others refer to first; and the foreign keys that are cut.

    A key that is cut (``table.name``) can be NULL at first, and is set when all rows are there.
    Raises `SeedingError` for a circle of keys of which none can be NULL.
    """
    cut: set[str] = set()
    left, ordered = dict(tables), list[Filled]()
    while left:
        ready = [table for table in left.values() if not _waits_for(table, left, cut)]
        for table in ready:
            ordered.append(left.pop(table.name))
        if not ready:
            cut.add(_weakest(left, cut))
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


def _weakest(left: Mapping[str, Filled], cut: Set[str]) -> str:
    """A key to cut: one within a circle that can be NULL."""
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
    names = ", ".join(named(table, reference) for table, reference in in_circle)
    raise SeedingError(
        f"these foreign keys are a circle, and none can be NULL: {names}; let one be NULL, or "
        "fill one of the tables yourself"
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
