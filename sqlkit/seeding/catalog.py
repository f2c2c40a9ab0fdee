"""What the catalog says of a table that rows are to be made up for.

PostgreSQL manual, 53: "pg_attribute", "pg_constraint", "pg_index", "pg_type".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlkit.seeding.filled import Check, Field, Filled, Reference, Unique
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.row import Row


_GIVEN = "with given as (select to_regclass(:table)::oid as rel)"


def _query(name: str, row: type[Row], text: str) -> Query[list[Any]]:
    text = text if ":table" in text else f"{_GIVEN} {text}"
    before, after = text.split(":table")
    return Query(
        name=f"seeding.{name}",
        kind="many",
        lines=(Line(before, 0, after),),
        parameters=("table",),
        row=row,
        named=True,
    )


_FIELDS = _query(
    "fields",
    Field,
    """\
with recursive given(rel) as (
    select to_regclass(:table)::oid
),
down(num, oid, next, is_array, within, modifier, required, checks, inner_checks) as (
    select a.attnum, t.oid, case when t.typtype = 'd' then t.typbasetype
            when t.typcategory = 'A' then t.typelem else 0 end,
        t.typcategory = 'A', false, a.atttypmod, a.attnotnull, array[]::text[], array[]::text[]
    from given
    join pg_attribute a on a.attrelid = given.rel
    join pg_type t on t.oid = a.atttypid
    where a.attnum > 0 and not a.attisdropped
    union all
    select num, b.oid, case when b.typtype = 'd' then b.typbasetype
            when b.typcategory = 'A' then b.typelem else 0 end,
        is_array or b.typcategory = 'A', within or d.typtype <> 'd',
        case when modifier = -1 and d.typtype = 'd' then d.typtypmod else modifier end,
        required or d.typtype = 'd' and d.typnotnull and not within,
        down.checks || case when not within then own.checks end,
        inner_checks || case when within then own.checks end
    from down join pg_type d on d.oid = down.oid join pg_type b on b.oid = down.next
    cross join lateral (
        select array_agg(part::text collate "default" order by c.conname, i) as checks
        from pg_constraint c
        cross join lateral unnest(array[c.conname::text, pg_get_expr(c.conbin, 0)])
            with ordinality as x(part, i)
        where c.contypid = d.oid and d.typtype = 'd' and c.contype = 'c'
    ) own
)
select a.attname::text, quote_ident(a.attname), format_type(a.atttypid, -1),
    format_type(t.oid, -1) || case when down.is_array then '[]' else '' end,
    t.typname::text, t.typtype::text, down.is_array, down.modifier, down.required,
    pg_get_serial_sequence(a.attrelid::regclass::text, a.attname),
    case when a.attcollation not in (0, t.typcollation) then a.attcollation::regcollation::text end,
    case when a.attgenerated <> '' then (
        select pg_get_expr(adbin, adrelid)
        from pg_attrdef where adrelid = a.attrelid and adnum = a.attnum
    ) end,
    coalesce((
        select array_agg(enumlabel::text order by enumsortorder)
        from pg_enum where enumtypid = t.oid
    ), '{}'),
    down.checks, down.inner_checks
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
# Which columns partitions are about is seen from the condition.
_CHECKS = _query(
    "checks",
    Check,
    f"""\
select conname::text, pg_get_expr(conbin, conrelid), {_NAMES.format("conkey", "conrelid")}
from given join pg_constraint on conrelid = given.rel and contype = 'c'
union all
select 'partitions of ' || (select relname from pg_class where oid = given.rel),
    string_agg('(' || coalesce(pg_get_partition_constraintdef(leaf.relid), 'true') || ')', ' or '),
    '{{}}'
from given cross join pg_partition_tree(given.rel) leaf
where leaf.isleaf and (select relkind = 'p' or relispartition from pg_class where oid = given.rel)
group by given.rel
order by 1""",
)
# Behind indnkeyatts are columns that an index only carries along (INCLUDE).
_UNIQUES = _query(
    "uniques",
    Unique,
    f"""\
select c.relname::text, {_NAMES.format("(i.indkey::int2[])[0:i.indnkeyatts - 1]", "i.indrelid")},
    pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid), i.indisprimary, false
from given
join pg_index i on i.indrelid = given.rel and i.indisunique
join pg_class c on c.oid = i.indexrelid
union all
select conname::text, array(
    select a.attname::text from unnest(conkey, conexclop) with ordinality as k(n, op, place)
    join pg_attribute a on a.attrelid = conrelid and a.attnum = n
    join pg_operator o on o.oid = op
    join pg_type t on t.oid = a.atttypid
    where o.oprname = '=' or o.oprname = '&&' and t.typtype = 'r'
    order by place
), null, pg_get_expr(i.indpred, i.indrelid), false, true
from given
join pg_constraint on conrelid = given.rel and contype = 'x'
join pg_index i on i.indexrelid = conindid
order by 5 desc, 1""",
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
    return [Statement(query, (table,)) for query in (_FIELDS, _CHECKS, _UNIQUES, _REFERENCES)]


def answered(table: str, answers: Sequence[list[Any]]) -> Filled:
    """The table that PostgreSQL told of."""
    fields, checks, uniques, references = answers
    return Filled.of(table, fields, checks, uniques, references)
