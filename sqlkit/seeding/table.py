"""A table as rows are put into it: its columns, key and sequences, asked of the catalog.

PostgreSQL manual, 53.7 "pg_attribute", and 9.26 "pg_get_serial_sequence".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from sqlkit.errors import SeedingError
from sqlkit.row import Row
from sqlkit.seeding.meant import meant
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlkit.seeding.conversation import Conversation


class Column(Row):
    """One column of a table.

    ``relation`` is what has it (``relkind``); ``quoted`` its name for SQL; ``type`` as SQL writes
    it without length; ``base`` the name in ``pg_type`` below domain and array; ``composite`` the
    qualified name if that is a composite type; ``sequence`` that numbers it; ``key`` its place in
    the primary key, from 1; ``generated``: worked out by PostgreSQL, never sent; ``identity``:
    ``a`` always, ``d`` by default.
    """

    table: str
    relation: str
    name: str
    quoted: str
    type: str
    base: str
    composite: str | None
    sequence: str | None
    key: int | None
    generated: bool
    identity: str


_COLUMNS: Query[list[Column]] = Query(
    name="seeding.columns",
    kind="many",
    lines=(
        Line(
            """\
select
    c.oid::regclass::text, c.relkind::text, a.attname::text, quote_ident(a.attname),
    format_type(a.atttypid, -1), core.typname::text,
    case
        when core.typtype = 'c'
            then (select nspname from pg_namespace where oid = core.typnamespace)
                || '.' || core.typname
    end,
    pg_get_serial_sequence(c.oid::regclass::text, a.attname),
    array_position((i.indkey::int2[])[0:i.indnkeyatts - 1], a.attnum),
    a.attgenerated <> '', a.attidentity::text
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
cross join lateral (
    with recursive down(oid, of) as (
        select t.oid, case when t.typtype = 'd' then t.typbasetype
            when t.typcategory = 'A' then t.typelem else 0 end
        union all
        select b.oid, case when b.typtype = 'd' then b.typbasetype
            when b.typcategory = 'A' then b.typelem else 0 end
        from down join pg_type b on b.oid = down.of
    )
    select b.* from down join pg_type b on b.oid = down.oid where down.of = 0
) core
left join pg_index i on i.indrelid = c.oid and i.indisprimary
where c.oid = to_regclass(""",
            0,
            ") order by a.attnum",
        ),
    ),
    parameters=("table",),
    row=Column,
)


_KINDS = {
    "v": "a view",
    "m": "a materialized view",
    "f": "a foreign table",
    "S": "a sequence",
    "c": "a composite type",
    "i": "an index",
    "I": "an index",
}


_KNOWN: Query[list[str]] = Query(
    name="seeding.tables",
    kind="many",
    lines=(
        Line("select oid::regclass::text from pg_class where relkind in ('r', 'p') "),
        Line("and not relispartition and relnamespace <> 'pg_catalog'::regnamespace "),
        Line("and relnamespace <> 'information_schema'::regnamespace order by 1"),
    ),
)


def missing(name: str, asker: str) -> Conversation[SeedingError]:
    """The error for a table that isn't there, with the near name."""
    known: list[str] = yield Statement(_KNOWN)
    if name in known:
        return SeedingError(f"{asker}: {name} has no columns")
    return SeedingError(
        f"{asker}: there is no table {name}{meant(name, known)} (has every migration been applied, "
        "and is its schema in search_path?)"
    )


def look_up(name: str, asker: str) -> Conversation[Table]:
    """The table of a name, as in SQL, with or without schema.

    Raises `SeedingError` if there is none of the name, or it is a view or the like.
    """
    try:
        columns: list[Column] = yield ask(name)
    except psycopg.errors.InvalidName:
        raise SeedingError(
            f"{asker}: {name!r} is no name of a table; what needs quotes in SQL needs them here"
        ) from None
    if not columns:
        raise (yield from missing(name, asker))
    require_table(columns[0].table, columns[0].relation, asker)
    return Table(columns[0].table, tuple(columns))


def require_table(name: str, relation: str, asker: str) -> None:
    """Raise `SeedingError` for what has rows or columns, but isn't a table."""
    if relation not in ("r", "p"):
        kind = _KINDS.get(relation, "something else")
        raise SeedingError(f"{asker}: {name} is {kind}; rows are put into tables only")


def ask(table: str) -> Statement[list[Column]]:
    """The question for a table's columns; its name as in SQL, with or without schema."""
    return Statement(_COLUMNS, (table,))


@dataclass(frozen=True, slots=True)
class Table:
    """A table: ``name`` quoted as SQL needs it, and its columns in order."""

    name: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> tuple[Column, ...]:
        """The columns of the primary key, in its order; none if there is no primary key."""
        keys = [column for column in self.columns if column.key is not None]
        return tuple(sorted(keys, key=lambda column: column.key or 0))

    def pick(self, names: Iterable[str], asker: str) -> list[Column]:
        """The columns of these names; raises `SeedingError` for one that isn't there."""
        known = {column.name: column for column in self.columns}
        for name in names:
            if name not in known:
                raise SeedingError(
                    f'{asker}: {self.name} has no column "{name}"{meant(name, known)}'
                )
        return [known[name] for name in names]
