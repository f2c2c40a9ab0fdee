"""Which tables are filled with how many rows: those wanted, and empty ones that they refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from sqlkit.errors import WrongArgument
from sqlkit.seeding.catalog import answered, ask
from sqlkit.seeding.order import deferred
from sqlkit.seeding.sieve import exec_
from sqlkit.seeding.statements import reserve
from sqlkit.seeding.table import look_up
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from sqlkit.seeding.conversation import Conversation
    from sqlkit.seeding.filled import Filled

Reserved: TypeAlias = dict[tuple[str, str], list[int]]
MOST_PARENTS = 1_000


def tables(wanted: Mapping[str, int]) -> Conversation[tuple[dict[str, Filled], dict[str, int]]]:
    """The tables to fill and how many rows each; raises `SeedingError` for one that isn't there."""
    found: dict[str, Filled] = {}
    counts: dict[str, int] = {}
    exact: set[str] = set()
    todo = [(name, count, True) for name, count in wanted.items()]
    while todo:
        name, count, is_wanted = todo.pop()
        if count < 0:
            raise WrongArgument(f"{name} can't be filled with {count} rows")
        table = found.get(name)
        if table is None:
            table_name = (yield from look_up(name, "fill")).name
            table = answered(table_name, (yield ask(table_name)))
        if is_wanted and table.name in exact:
            raise WrongArgument(f"{table.name} is to be filled twice")
        if not is_wanted and (table.name in exact or counts.get(table.name, 0) >= count):
            continue
        if is_wanted:
            exact.add(table.name)
        found[table.name], counts[table.name] = table, count
        for reference in table.references:
            if reference.target != table.name and not (yield _has_rows(reference.target)):
                alone = table.is_alone(reference.columns)
                todo.append((reference.target, count if alone else _parents(count), False))
    return found, counts


def _parents(count: int) -> int:
    """How many rows are referred to by so many."""
    return min(MOST_PARENTS, 1 + count // 10)


def _has_rows(table: str) -> Statement[bool]:
    query: Query[bool] = Query(
        name="seeding.has_rows",
        kind="one",
        lines=(Line(f"select exists (select from {table})"),),
    )
    return Statement(query)


def reserved(
    ordered: Sequence[Filled], counts: Mapping[str, int], cut: Set[str]
) -> Conversation[Reserved]:
    """Keys of rows to come, by table and column, for foreign keys that refer to them."""
    found: Reserved = {}
    by_name = {table.name: table for table in ordered}
    for table in ordered:
        for reference in table.references:
            if deferred(table, reference, cut):
                yield exec_("set constraints all deferred")
                for name in reference.targets:
                    sequence = by_name[reference.target].fields[name].sequence or ""
                    if (reference.target, name) not in found:
                        keys: list[int] = yield reserve(sequence, counts[reference.target])
                        found[reference.target, name] = keys
    return found
