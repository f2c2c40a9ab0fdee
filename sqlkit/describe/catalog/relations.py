"""Tables and views, with their columns, and the CHECKs that keep NULLs out of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlkit.describe.checks import full_arrays
from sqlkit.describe.relation import Attribute, Relation
from sqlkit.describe.tree import read, read_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Tables and views: inheriting tables, foreign partitions, rules and INSTEAD OF triggers (64 in
# pg_trigger.h's TRIGGER_TYPE), BEFORE ROW triggers (3), and a view's query.
RELATIONS = """
select
    c.oid::int8,
    n.nspname::text,
    c.relname::text,
    c.relkind::text,
    exists (select from pg_catalog.pg_inherits as i where i.inhparent = c.oid),
    c.relkind = 'p' and exists (
        with recursive part(oid) as (
            select c.oid
            union
            select i.inhrelid from pg_catalog.pg_inherits as i join part on i.inhparent = part.oid
        )
        select from part join pg_catalog.pg_class as f on f.oid = part.oid where f.relkind = 'f'
    ),
    exists (
        select from pg_catalog.pg_rewrite as w where w.ev_class = c.oid and w.ev_type <> '1'
    ) or exists (
        select from pg_catalog.pg_trigger as g where g.tgrelid = c.oid and g.tgtype & 64 <> 0
    ),
    exists (
        with recursive part(oid) as (
            select c.oid
            union
            select i.inhrelid from pg_catalog.pg_inherits as i join part on i.inhparent = part.oid
        )
        select from part join pg_catalog.pg_trigger as g on g.tgrelid = part.oid
        where g.tgtype & 3 = 3 and not g.tgisinternal
    ),
    (
        select w.ev_action::text from pg_catalog.pg_rewrite as w
        where c.relkind in ('v', 'm') and w.ev_class = c.oid and w.ev_type = '1'
    ),
    array(
        select array_to_string((i.indkey::int2[])[0:i.indnkeyatts - 1], ' ')
        from pg_catalog.pg_index as i
        where i.indrelid = c.oid and i.indisunique and i.indisvalid
            and i.indpred is null and i.indexprs is null
    )
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.oid = any(%s::oid[])
"""

# Columns. A NOT NULL constraint that is not validated (18 and later) says nothing of older rows; a
# domain over a NOT NULL domain refuses NULL too.
ATTRIBUTES = """
select
    a.attrelid::int8,
    a.attnum::int4,
    a.attname::text,
    a.atttypid::int8,
    a.attnotnull and not exists (
        select from pg_catalog.pg_constraint as k
        where k.conrelid = a.attrelid and k.contype = 'n' and not k.convalidated
            and a.attnum = any(k.conkey)
    ),
    not a.attnotnull and not exists (
        with recursive base(oid) as (
            select a.atttypid
            union all
            select t.typbasetype from pg_catalog.pg_type as t join base on t.oid = base.oid
            where t.typtype = 'd'
        )
        select from base join pg_catalog.pg_type as t on t.oid = base.oid where t.typnotnull
    ),
    a.attgenerated <> ''
from pg_catalog.pg_attribute as a
where a.attrelid = any(%s::oid[]) and a.attnum > 0 and not a.attisdropped
"""

# Validated CHECK constraints with array_position in them, of tables and of the domains of columns.
CHECKS = """
with recursive domain(relation, number, oid) as (
    select a.attrelid, a.attnum, a.atttypid
    from pg_catalog.pg_attribute as a
    where a.attrelid = any(%s::oid[]) and a.attnum > 0 and not a.attisdropped
    union
    select d.relation, d.number, t.typbasetype
    from domain as d join pg_catalog.pg_type as t on t.oid = d.oid
    where t.typtype = 'd'
)
select k.conrelid::int8, 0::int4, k.conbin::text
from pg_catalog.pg_constraint as k
where k.conrelid = any(%s::oid[]) and k.contype = 'c' and k.convalidated
    and k.conbin::text like '%%:funcid ' || 'array_position(anycompatiblearray,anycompatible)'
        ::regprocedure::oid || ' %%'
union all
select d.relation::int8, d.number::int4, k.conbin::text
from domain as d join pg_catalog.pg_constraint as k on k.contypid = d.oid
where k.contype = 'c' and k.convalidated
    and k.conbin::text like '%%:funcid ' || 'array_position(anycompatiblearray,anycompatible)'
        ::regprocedure::oid || ' %%'
"""


def relations(
    rows: Iterable[Sequence[Any]],
    attribute_rows: Iterable[Sequence[Any]],
    check_rows: Iterable[Sequence[Any]],
) -> dict[int, Relation]:
    """The tables and views of rows of `RELATIONS`, `ATTRIBUTES` and `CHECKS`, by oid."""
    attributes = _attributes(attribute_rows, _without_null_elements(check_rows))
    return {
        oid: Relation(
            schema,
            name,
            kind,
            heirs,
            foreign,
            rules,
            attributes.get(oid, {}),
            read_query(rule or "<>"),
            [set(map(int, index.split())) for index in unique],
            triggers,
        )
        for oid, schema, name, kind, heirs, foreign, rules, triggers, rule, unique in rows
    }


def _attributes(
    rows: Iterable[Sequence[Any]], full: set[tuple[int, int]]
) -> Mapping[int, Mapping[int, Attribute]]:
    """The columns, by table and number."""
    found: dict[int, dict[int, Attribute]] = {}
    for oid, number, name, type_oid, not_null, accepts_null, generated in rows:
        is_full = (oid, number) in full
        attribute = Attribute(name, type_oid, not_null, accepts_null, generated, is_full)
        found.setdefault(oid, {})[number] = attribute
    return found


def _without_null_elements(rows: Iterable[Sequence[Any]]) -> set[tuple[int, int]]:
    """Columns, by table and number, whose arrays hold no NULL."""
    return {
        (oid, number or column) for oid, number, text in rows for column in full_arrays(read(text))
    }
