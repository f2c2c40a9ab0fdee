"""What the catalog says of a table that rows are to be made up for.

PostgreSQL manual, 53: "pg_attribute", "pg_constraint", "pg_index", "pg_type".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlkit.row import Row
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Field(Row):
    """A column to make values for.

    ``plain`` is the type below its domains; ``base`` its name in ``pg_type``, below arrays too;
    ``category`` its ``typtype``; ``modifier`` PostgreSQL's ``atttypmod`` (-1: none), of the domain
    if that has it; ``checks`` are the domains' conditions on VALUE, as name and condition in turn;
    ``words`` an enum's.
    """

    name: str
    quoted: str
    type: str
    plain: str
    base: str
    category: str
    is_array: bool
    modifier: int
    required: bool
    sequence: str | None
    words: list[str]
    checks: list[str]


class Check(Row):
    """A CHECK constraint: its condition as PostgreSQL writes it, and the columns in it."""

    name: str
    condition: str
    columns: list[str]


class Unique(Row):
    """A unique index or primary key, and the columns in it."""

    name: str
    columns: list[str]
    primary: bool


class Reference(Row):
    """A foreign key: ``columns`` refer to ``targets`` of the table ``target``."""

    name: str
    columns: list[str]
    target: str
    targets: list[str]
    deferrable: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """A table with all that its rows must satisfy."""

    name: str
    fields: Mapping[str, Field]
    checks: Sequence[Check]
    uniques: Sequence[Unique]
    references: Sequence[Reference]

    @property
    def key(self) -> list[str]:
        """The columns of the primary key; none if there is no primary key."""
        return [name for unique in self.uniques if unique.primary for name in unique.columns]

    def is_required(self, reference: Reference) -> bool:
        """Whether a foreign key can't be NULL."""
        return all(self.fields[column].required for column in reference.columns)

    def is_alone(self, columns: Sequence[str]) -> bool:
        """Whether these columns are unique by themselves."""
        return any(set(unique.columns) <= set(columns) for unique in self.uniques)


def _query(name: str, row: type[Row], text: str) -> Query[list[Any]]:
    before, after = text.split(":table")
    return Query(
        name=f"seeding.{name}",
        kind="many",
        lines=(Line(before, 0, after),),
        parameters=("table",),
        row=row,
        named=True,
    )


_TABLE: Query[list[str]] = Query(
    name="seeding.table",
    kind="many",
    lines=(
        Line("select oid::regclass::text from pg_class where oid = to_regclass(", 0, ") "),
        Line("and relkind in ('r', 'p')"),
    ),
    parameters=("table",),
)
_FIELDS = _query(
    "fields",
    Field,
    """\
with recursive given(rel) as (
    select to_regclass(:table)::oid
),
down(num, oid, next, is_array, modifier, required, checks) as (
    select a.attnum, t.oid, case when t.typtype = 'd' then t.typbasetype
            when t.typcategory = 'A' then t.typelem else 0 end,
        t.typcategory = 'A', a.atttypmod, a.attnotnull, array[]::text[]
    from given
    join pg_attribute a on a.attrelid = given.rel
    join pg_type t on t.oid = a.atttypid
    where a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    union all
    select num, b.oid, case when b.typtype = 'd' then b.typbasetype
            when b.typcategory = 'A' then b.typelem else 0 end,
        is_array or b.typcategory = 'A',
        case when modifier = -1 and d.typtype = 'd' then d.typtypmod else modifier end,
        required or d.typtype = 'd' and d.typnotnull,
        checks || coalesce((
            select array_agg(part::text collate "default" order by c.conname, i)
            from pg_constraint c
            cross join lateral unnest(array[c.conname::text, pg_get_expr(c.conbin, 0)])
                with ordinality as x(part, i)
            where c.contypid = d.oid and d.typtype = 'd' and c.contype = 'c'
        ), '{}')
    from down join pg_type d on d.oid = down.oid join pg_type b on b.oid = down.next
)
select a.attname::text, quote_ident(a.attname), format_type(a.atttypid, null),
    format_type(t.oid, null) || case when down.is_array then '[]' else '' end,
    t.typname::text, t.typtype::text, down.is_array, down.modifier, down.required,
    pg_get_serial_sequence(a.attrelid::regclass::text, a.attname),
    coalesce((
        select array_agg(enumlabel::text order by enumsortorder)
        from pg_enum where enumtypid = t.oid
    ), '{}'),
    down.checks
from down
join given on true
join pg_type t on t.oid = down.oid
join pg_attribute a on a.attnum = down.num and a.attrelid = given.rel
where down.next = 0
order by a.attnum""",
)
_NAMES = (
    "array(select attname::text from unnest({}) with ordinality as k(n, i) "
    "join pg_attribute on attrelid = {} and attnum = n order by i)"
)
_CHECKS = _query(
    "checks",
    Check,
    f"""\
select conname::text, pg_get_expr(conbin, conrelid), {_NAMES.format("conkey", "conrelid")}
from pg_constraint where contype = 'c' and conrelid = to_regclass(:table) order by conname""",
)
_UNIQUES = _query(
    "uniques",
    Unique,
    f"""\
select c.relname::text, {_NAMES.format("d.keys", "i.indrelid")}, i.indisprimary
from pg_index i
join pg_class c on c.oid = i.indexrelid
cross join lateral (
    select array_agg(distinct n) as keys from (
        select unnest(i.indkey::int2[]) as n
        union all
        select refobjsubid::int2 from pg_depend
        where objid = i.indexrelid and refobjid = i.indrelid
    ) as used where n > 0
) d
where i.indisunique and i.indrelid = to_regclass(:table) order by i.indisprimary desc, c.relname""",
)
_REFERENCES = _query(
    "references",
    Reference,
    f"""\
select conname::text, {_NAMES.format("conkey", "conrelid")}, confrelid::regclass::text,
    {_NAMES.format("confkey", "confrelid")}, condeferrable
from pg_constraint
where contype = 'f' and conparentid = 0 and conrelid = to_regclass(:table) order by conname""",
)


def ask(table: str) -> list[Statement[list[Any]]]:
    """The questions about a table, for a batch; `answered` takes what they give."""
    queries = (_TABLE, _FIELDS, _CHECKS, _UNIQUES, _REFERENCES)
    return [Statement(query, (table,)) for query in queries]


def answered(answers: Sequence[list[Any]]) -> Filled | None:
    """The table that PostgreSQL told of; None if there is none."""
    names, fields, checks, uniques, references = answers
    if not names:
        return None
    return Filled(names[0], {each.name: each for each in fields}, checks, uniques, references)
