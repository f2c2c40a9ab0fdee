"""Fill tables of which only the catalog is known: parents first, circles cut, all of it valid."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from sqlkit.errors import SeedingError, WrongArgument
from sqlkit.seeding.conversation import Progress, copied, read
from sqlkit.seeding.distinct import make_unique
from sqlkit.seeding.drawing import draw
from sqlkit.seeding.extent import reserved, tables
from sqlkit.seeding.meant import meant
from sqlkit.seeding.order import deferred, in_order, named
from sqlkit.seeding.referring import choose_late, proper, refer, refer_to_own
from sqlkit.seeding.rows import Rows
from sqlkit.seeding.sieve import exec_
from sqlkit.seeding.statements import Reading, existing, reserve, rewrite
from sqlkit.seeding.table import look_up
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Set

    from sqlkit.seeding.conversation import Conversation
    from sqlkit.seeding.extent import Reserved
    from sqlkit.seeding.filled import Filled, Reference
    from sqlkit.seeding.sieve import Row

MOST_KEYS = 10_000


def fill(wanted: Mapping[str, int], seed: int) -> Conversation[dict[str, int]]:
    """Put so many rows into each of these tables, and some into empty tables they refer to.

    Gives the number of rows put into each table. Raises `SeedingError`, which names the constraint
    that can't be satisfied.
    """
    made = yield from _filled(wanted, {}, seed)
    return {rows.table.name: rows.count for rows in made}


def create(name: str, count: int, given: Mapping[str, Any], seed: int) -> Conversation[list[Any]]:
    """Put rows into one table, with these values given, and give them as named tuples.

    A table without a primary key gives no rows back.
    """
    asked = yield from look_up(name, "fill")
    made = yield from _filled({name: count}, {asked.name: given}, seed)
    keys = next(rows.listed_key() for rows in made if rows.table.name == asked.name)
    key = asked.pick([column.name for column in asked.key], name)
    reading = Reading(None, asked.columns)
    return (yield from read(f"fill {name}", asked, key, reading, keys)) if keys else []


def _filled(
    wanted: Mapping[str, int], given: Mapping[str, Mapping[str, Any]], seed: int
) -> Conversation[list[Rows]]:
    with _refused():
        found, counts = yield from tables(wanted)
        ordered, cut = in_order(found)
        keys = yield from reserved(ordered, counts, cut)
        made: list[Rows] = []
        for table in ordered:
            its = given.get(table.name, {})
            made.append((yield from _fill(table, counts[table.name], seed, cut, its, keys)))
        for rows in made:
            for each in rows.table.references:
                if named(rows.table, each) in cut and not deferred(rows.table, each, cut):
                    yield from _refer_late(rows, each)
        if cut:
            yield exec_("set constraints all immediate")
    return made


def _fill(
    table: Filled,
    count: int,
    seed: int,
    cut: Set[str],
    given: Mapping[str, Any],
    coming: Reserved,
) -> Conversation[Rows]:
    keys: dict[str, list[Row]] = {}
    for each in table.references:
        if deferred(table, each, cut):
            columns = [coming[each.target, name] for name in each.targets]
            keys[each.name] = list(zip(*columns, strict=True))
        elif named(table, each) not in cut and each.target != table.name:
            keys[each.name] = yield existing(each.target, each.targets, MOST_KEYS)
    yield Progress(table.name, 0, count)
    rows = Rows(table, count, seed, keys, (yield _count(table.name)))
    yield from _begin(rows, cut, given, coming)
    yield from _make(rows)
    names = [name for name in table.fields if name in rows.columns]
    if not names:
        raise SeedingError(f"{table.name} can't be filled: it has no column that takes a value")
    listed = ", ".join(table.fields[name].quoted for name in names)
    yield from copied(f"fill {table.name}", table.name, listed, rows.listed(names))
    return rows


def _begin(
    rows: Rows, cut: Set[str], given: Mapping[str, Any], coming: Reserved
) -> Conversation[None]:
    """The columns that are known before others: given, numbered by a sequence, NULL at first."""
    table = rows.table
    _check(table, given)
    rows.columns |= {name: [value] * rows.count for name, value in given.items()}
    for name, field in table.fields.items():
        if field.sequence is not None and name not in given:
            keys = coming.get((table.name, name))
            if keys is None:
                keys = yield reserve(field.sequence, rows.count)
            rows.columns[name] = keys
            rows.numbered.add(name)
    for each in table.references:
        if named(table, each) in cut and not deferred(table, each, cut):
            for name in each.columns:
                if not table.fields[name].required:
                    rows.columns.setdefault(name, [None] * rows.count)


def _check(table: Filled, given: Mapping[str, Any]) -> None:
    for name in given:
        if name in table.worked_out:
            raise WrongArgument(f"{table.name}.{name} is worked out by PostgreSQL: don't give it")
        if name not in table.fields:
            raise WrongArgument(f'{table.name} has no column "{name}"{meant(name, table.fields)}')


def _make(rows: Rows) -> Conversation[None]:
    """Make every column that isn't there yet, those first that others depend on."""
    table = rows.table
    if not rows.count:
        rows.columns = {name: [] for name in table.fields}
        return
    own = [each for each in table.references if each.target == table.name]
    others = [each for each in table.references if each.target != table.name]
    others.sort(key=lambda each: -len(each.columns))
    referring = {column for each in own for column in proper(each)}
    for unique in table.uniques:
        if not referring & set(unique.columns):
            yield from make_unique(rows, unique)
    if own:
        for each in others:
            if not referring & set(each.columns):
                refer(rows, each)
        yield from draw(rows, [name for each in own for name in each.targets])
        for each in own:
            refer_to_own(rows, each)
    for unique in table.uniques:
        yield from make_unique(rows, unique)
    for each in others:
        refer(rows, each)
    yield from draw(rows, list(table.fields))


def _refer_late(rows: Rows, reference: Reference) -> Conversation[None]:
    """Set a foreign key that was cut, now that the rows are there that it refers to."""
    table = rows.table
    late = [name for name in reference.columns if not table.fields[name].required]
    if not table.key or not rows.count:
        return
    keys = yield existing(reference.target, reference.targets, max(MOST_KEYS, rows.count))
    taken: list[Row] = yield existing(table.name, reference.columns)
    chosen = choose_late(rows, reference, late, keys, taken)
    places = [reference.columns.index(name) for name in late]
    values = [[key[place] for key in chosen] for place in places]
    key = [table.fields[name] for name in table.key]
    columns = [table.fields[name] for name in late]
    own = [rows.columns[name] for name in table.key]
    yield rewrite(f"fill {table.name}", table.name, key, columns, [*own, *values])


def _count(table: str) -> Statement[int]:
    query: Query[int] = Query(
        name="seeding.count", kind="one", lines=(Line(f"select count(*) from {table}"),)
    )
    return Statement(query)


@contextmanager
def _refused() -> Generator[None]:
    """What PostgreSQL refuses of made-up rows, as a `SeedingError` that names the constraint."""
    try:
        yield
    except psycopg.IntegrityError as error:
        diag = error.diag
        what = f'satisfies the constraint "{diag.constraint_name}"'
        if not diag.constraint_name:
            what = (
                f'has a value for "{diag.column_name}"'
                if diag.column_name
                else f"is accepted, but {diag.message_primary}"
            )
        where = diag.table_name or f"a column of the domain {diag.datatype_name}"
        raise SeedingError(
            f"{where} can't be filled: not every row that was made {what} [{error.sqlstate}]; give "
            "the column, or write a factory"
        ) from error
