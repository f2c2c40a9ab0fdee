"""Fill tables of which only the catalog is known: parents first, circles cut, all of it valid."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from sqlkit.errors import SeedingError, WrongArgument
from sqlkit.seeding import statements
from sqlkit.seeding.catalog import Filled, answered, ask
from sqlkit.seeding.meant import meant
from sqlkit.seeding.order import deferred, in_order, named
from sqlkit.seeding.rows import Rows
from sqlkit.seeding.sieve import exec_
from sqlkit.seeding.statements import Reading
from sqlkit.seeding.table import Table
from sqlkit.seeding.table import ask as ask_columns
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from sqlkit.seeding.catalog import Reference
    from sqlkit.seeding.sieve import Row

T = TypeVar("T")
Reserved: TypeAlias = dict[tuple[str, str], list[int]]

MOST_PARENTS = 1_000
Filling: TypeAlias = Generator[Any, Any, T]


def fill(wanted: Mapping[str, int], seed: int) -> Filling[dict[str, int]]:
    """Put so many rows into each of these tables, and some into empty tables they refer to.

    Gives the number of rows put into each table. Raises `SeedingError`, which names the constraint
    that can't be satisfied.
    """
    tables, counts = yield from _tables(wanted)
    ordered, cut = in_order(tables)
    reserved = yield from _reserved(ordered, counts, cut)
    for table in ordered:
        yield from _fill(table, counts[table.name], seed, cut, {}, reserved)
    yield from _set_late(ordered, cut)
    return {table.name: counts[table.name] for table in ordered}


def _set_late(ordered: Sequence[Filled], cut: Set[str]) -> Filling[None]:
    for table in ordered:
        for reference in table.references:
            if named(table, reference) in cut and not deferred(table, reference, cut):
                yield exec_(_late(table, reference))
    if cut:
        yield exec_("set constraints all immediate")


def _reserved(
    ordered: Sequence[Filled], counts: Mapping[str, int], cut: Set[str]
) -> Filling[Reserved]:
    """Keys of rows to come, by table and column, for foreign keys that refer to them."""
    reserved: Reserved = {}
    tables = {table.name: table for table in ordered}
    for table in ordered:
        for reference in table.references:
            if deferred(table, reference, cut):
                yield exec_("set constraints all deferred")
                for name in reference.targets:
                    sequence = tables[reference.target].fields[name].sequence or ""
                    count = counts[reference.target]
                    if (reference.target, name) not in reserved:
                        keys = yield statements.reserve(sequence, count)
                        reserved[reference.target, name] = keys
    return reserved


def _tables(
    wanted: Mapping[str, int],
) -> Filling[tuple[dict[str, Filled], dict[str, int]]]:
    """The tables to fill and how many rows each: those wanted, and empty ones they refer to."""
    tables: dict[str, Filled] = {}
    counts: dict[str, int] = {}
    exact: set[str] = set()
    todo = [(name, count, True) for name, count in wanted.items()]
    while todo:
        name, count, is_wanted = todo.pop()
        table = tables.get(name) or answered((yield ask(name)))
        if table is None:
            raise SeedingError(f"there is no table {name}")
        if not is_wanted and (table.name in exact or counts.get(table.name, 0) >= count):
            continue
        if is_wanted:
            exact.add(table.name)
        tables[table.name], counts[table.name] = table, count
        for reference in table.references:
            if reference.target != table.name and not (yield _has_rows(reference.target)):
                alone = table.is_alone(reference.columns)
                todo.append((reference.target, count if alone else _parents(count), False))
    return tables, counts


def _parents(count: int) -> int:
    """How many rows are referred to by so many."""
    return min(MOST_PARENTS, 1 + count // 10)


def create(name: str, count: int, given: Mapping[str, Any], seed: int) -> Filling[list[Any]]:
    """Put rows into one table, with these values given, and give them as named tuples.

    A table without a primary key gives no rows back.
    """
    tables, counts = yield from _tables({name: count})
    ordered, cut = in_order(tables)
    asked = Table.answered(name, (yield ask_columns(name)), name)
    made: Rows | None = None
    reserved = yield from _reserved(ordered, counts, cut)
    for table in ordered:
        is_main = table.name == asked.name
        its: Mapping[str, Any] = given if is_main else {}
        rows = yield from _fill(table, counts[table.name], seed, cut, its, reserved)
        made = rows if is_main else made
    yield from _set_late(ordered, cut)
    if made is None or not made.table.key:
        return []
    keys = [made.columns[column] for column in made.table.key]
    key = asked.pick(made.table.key, name)
    reading = Reading(None, asked.columns)
    found: list[Any] = yield statements.select(f"fill {name}", asked, key, reading, keys)
    return found


def _fill(
    table: Filled,
    count: int,
    seed: int,
    cut: Set[str],
    given: Mapping[str, Any],
    reserved: Reserved,
) -> Filling[Rows]:
    keys: dict[str, list[Row]] = {}
    taken: dict[str, set[Row]] = {}
    for each in table.references:
        if deferred(table, each, cut):
            columns = [reserved[each.target, name] for name in each.targets]
            keys[each.name] = list(zip(*columns, strict=True))
        elif named(table, each) not in cut and each.target != table.name:
            keys[each.name] = yield _existing(each.target, each.targets)
    for unique in table.uniques:
        if not any(table.fields[name].sequence for name in unique.columns):
            taken[unique.name] = set((yield _existing(table.name, unique.columns, most=None)))
    rows = Rows(table, count, seed, keys, taken)
    yield from _begin(rows, cut, given, reserved)
    yield from rows.make()
    names = [name for name in table.fields if name in rows.columns]
    listed = ", ".join(table.fields[name].quoted for name in names)
    values = zip(*(rows.columns[name] for name in names), strict=True)
    yield statements.copy(f"fill {table.name}", table.name, listed, list(values))
    return rows


def _begin(
    rows: Rows, cut: Set[str], given: Mapping[str, Any], reserved: Reserved
) -> Filling[None]:
    """The columns that are known before others: given, numbered by a sequence, NULL at first."""
    table = rows.table
    for name, value in given.items():
        if name not in table.fields:
            raise WrongArgument(f'{table.name} has no column "{name}"{meant(name, table.fields)}')
        rows.columns[name] = [value] * rows.count
    for name, field in table.fields.items():
        if field.sequence is not None and name not in given:
            keys = reserved.get((table.name, name))
            if keys is None:
                keys = yield statements.reserve(field.sequence, rows.count)
            rows.columns[name] = keys
            rows.numbered.add(name)
    for each in table.references:
        if named(table, each) in cut and not deferred(table, each, cut):
            for name in each.columns:
                rows.columns.setdefault(name, [None] * rows.count)


def _existing(table: str, columns: Sequence[str], most: int | None = 10_000) -> Statement[Any]:
    names = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    limit = f" limit {most}" if most else ""
    query: Query[list[Any]] = Query(
        name="seeding.existing",
        kind="many",
        lines=(Line(f"select {names} from {table} order by {names}{limit}"),),
        row=_row,
        named=True,
    )
    return Statement(query)


def _row(*values: Any) -> Row:
    return values


def _has_rows(table: str) -> Statement[bool]:
    query: Query[bool] = Query(
        name="seeding.has_rows",
        kind="one",
        lines=(Line(f"select exists (select from {table})"),),
    )
    return Statement(query)


def _late(table: Filled, reference: Reference) -> str:
    """Set a foreign key that was cut, now that the rows are there that it refers to."""
    columns = [table.fields[name].quoted for name in reference.columns]
    targets = ['"' + name.replace('"', '""') + '"' for name in reference.targets]
    listed = ", ".join(targets)
    sets = ", ".join(f"{a} = s.{b}" for a, b in zip(columns, targets, strict=True))
    same = "s.n = r.n" if table.is_alone(reference.columns) else "s.n = r.n % s.all_rows"
    return (
        f"update {table.name} t set {sets} from (select {listed}, "
        f"row_number() over (order by {listed}) - 1 as n, count(*) over () as all_rows "
        f"from {reference.target}) s, (select ctid, row_number() over (order by ctid) - 1 as n "
        f"from {table.name} where {columns[0]} is null) r where t.ctid = r.ctid and {same}"
    )
