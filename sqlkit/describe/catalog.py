"""What is asked of PostgreSQL's catalog, and the pure values its rows become.

Everything is asked for in bulk, once for all queries. Source: PostgreSQL manual, "System Catalogs".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlkit.describe.checks import full_arrays
from sqlkit.describe.function import Function, UsedType
from sqlkit.describe.relation import Attribute, Relation
from sqlkit.describe.tree import read, read_query
from sqlkit.describe.types import (
    PYTHON,
    STR,
    Array,
    Composite,
    Domain,
    Enum,
    Field,
    Multirange,
    Range,
    Scalar,
    Text,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

# Types and all they consist of: kind (``a`` is an array), and element, base type or subtype. 22 and
# 30 are int2vector and oidvector, which are written like no other array.
TYPES = """
with recursive needed(oid) as (
    select unnest(%s::oid[])
    union
    select part.oid
    from needed
    join pg_catalog.pg_type as t on t.oid = needed.oid
    left join pg_catalog.pg_range as r on t.oid in (r.rngtypid, r.rngmultitypid)
    cross join lateral (
        select t.typelem where t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc
        union all select t.typbasetype where t.typtype = 'd'
        union all select r.rngsubtype where r.rngtypid is not null
        union all
        select a.atttypid from pg_catalog.pg_attribute as a
        where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    ) as part(oid)
)
select
    t.oid::int8,
    pg_catalog.format_type(t.oid, null),
    n.nspname::text,
    t.typname::text,
    case
        when t.oid in (22, 30) then 'b'
        when t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc then 'a'
        else t.typtype::text
    end,
    coalesce(nullif(t.typelem, 0), nullif(t.typbasetype, 0), r.rngsubtype, 0)::int8,
    t.typnotnull,
    array(
        select e.enumlabel::text from pg_catalog.pg_enum as e
        where e.enumtypid = t.oid order by e.enumsortorder
    ),
    array(
        select a.attname::text from pg_catalog.pg_attribute as a
        where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
        order by a.attnum
    ),
    array(
        select a.atttypid::int8 from pg_catalog.pg_attribute as a
        where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
        order by a.attnum
    )
from needed
join pg_catalog.pg_type as t on t.oid = needed.oid
join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
left join pg_catalog.pg_range as r on t.oid in (r.rngtypid, r.rngmultitypid)
"""

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

# Operators that a btree index takes for equality: method 403, strategy 3.
EQUALITIES = """
select distinct amopopr::int8 from pg_catalog.pg_amop where amopmethod = 403 and amopstrategy = 3
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

# Names only of functions that PostgreSQL brings.
FUNCTIONS = """
select
    p.oid::int8,
    case when p.oid < 16384 and p.pronamespace = 'pg_catalog'::regnamespace then
        p.proname || '(' || array_to_string(array(
            select t.typname
            from unnest(p.proargtypes) with ordinality as a(oid, place)
            join pg_catalog.pg_type as t on t.oid = a.oid
            order by a.place
        ), ',') || ')'
    else '' end,
    p.provolatile::text,
    p.proisstrict
from pg_catalog.pg_proc as p
where p.oid = any(%s::oid[])
"""

# Types of expressions, under their domains.
USED_TYPES = """
with recursive base(oid, own, kind, element, of, refuses) as (
    select
        t.oid, t.oid, t.typtype, t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc,
        t.typbasetype, t.typnotnull
    from pg_catalog.pg_type as t where t.oid = any(%s::oid[])
    union all
    select
        b.oid, t.oid, t.typtype, t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc,
        t.typbasetype, b.refuses or t.typnotnull
    from base as b join pg_catalog.pg_type as t on t.oid = b.of
    where b.kind = 'd'
)
select oid::int8, own::int8, element, kind in ('c', 'p'), refuses from base where kind <> 'd'
"""

TYPE_NAMES = """
select t.oid::int8, t.typmod, pg_catalog.format_type(t.oid, t.typmod)
from unnest(%s::oid[], %s::int4[]) as t(oid, typmod)
"""


@dataclass(slots=True)
class Catalog:
    """What the catalog says of everything that some queries touch, by oid.

    ``type_names`` is ``format_type``'s text, by oid and type modifier (None: of a parameter).
    """

    types: dict[int, Type] = field(default_factory=dict[int, Type])
    type_names: dict[tuple[int, int | None], str] = field(
        default_factory=dict[tuple[int, int | None], str]
    )
    relations: dict[int, Relation] = field(default_factory=dict[int, Relation])
    functions: dict[int, Function] = field(default_factory=dict[int, Function])
    used_types: dict[int, UsedType] = field(default_factory=dict[int, UsedType])
    equalities: Collection[int] = ()


def types(rows: Iterable[Sequence[Any]]) -> dict[int, Type]:
    """The types of rows of `TYPES`, by oid."""
    makers = _Makers({row[0]: row for row in rows})
    return {oid: makers.make(oid) for oid in makers.rows}


@dataclass(slots=True)
class _Makers:
    rows: Mapping[int, Sequence[Any]]
    made: dict[int, Type] = field(default_factory=dict[int, Type])

    def make(self, oid: int) -> Type:
        if oid not in self.made:
            self.made[oid] = self._type(*self.rows[oid][1:])
        return self.made[oid]

    def _type(
        self,
        sql: str,
        schema: str,
        name: str,
        kind: str,
        of: int,
        not_null: bool,
        labels: Sequence[str],
        fields: Sequence[str],
        field_types: Sequence[int],
    ) -> Type:
        match kind:
            case "a":
                return Array(sql, self.make(of))
            case "d":
                return Domain(sql, self.make(of), not_null)
            case "e":
                return Enum(sql, schema, name, tuple(labels))
            case "r":
                return Range(sql, self.make(of))
            case "m":
                return Multirange(sql, self.make(of))
            case "c":
                pairs = zip(fields, map(self.make, field_types), strict=True)
                return Composite(sql, schema, name, tuple(Field(*pair) for pair in pairs))
            case _:
                return _base(sql, schema, name)


def _base(sql: str, schema: str, name: str) -> Scalar | Text:
    if name == "citext":  # an extension's, in whatever schema
        return Scalar(sql, (STR,))
    python = PYTHON.get(name) if schema == "pg_catalog" else None
    return Scalar(sql, python) if python else Text(sql)


def functions(rows: Iterable[Sequence[Any]]) -> dict[int, Function]:
    """The functions of rows of `FUNCTIONS`, by oid."""
    return {
        oid: Function(signature, volatility, strict) for oid, signature, volatility, strict in rows
    }


def used_types(rows: Iterable[Sequence[Any]]) -> dict[int, UsedType]:
    """The types of rows of `USED_TYPES`, by oid."""
    return {row[0]: UsedType(*row[1:]) for row in rows}


def relations(
    rows: Iterable[Sequence[Any]],
    attribute_rows: Iterable[Sequence[Any]],
    check_rows: Iterable[Sequence[Any]],
) -> dict[int, Relation]:
    """The tables and views of rows of `RELATIONS`, `ATTRIBUTES` and `CHECKS`, by oid."""
    full = _without_null_elements(check_rows)
    attributes: dict[int, dict[int, Attribute]] = {}
    for oid, number, name, type_oid, not_null, accepts_null, generated in attribute_rows:
        attribute = Attribute(
            name,
            type_oid,
            not_null,
            accepts_null,
            generated,
            (oid, number) in full,
        )
        attributes.setdefault(oid, {})[number] = attribute
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


def _without_null_elements(rows: Iterable[Sequence[Any]]) -> set[tuple[int, int]]:
    """Columns, by table and number, whose arrays hold no NULL."""
    return {
        (oid, number or column) for oid, number, text in rows for column in full_arrays(read(text))
    }
