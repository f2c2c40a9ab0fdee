"""What is asked of PostgreSQL's catalog, and the pure values its rows become.

Everything is asked for in bulk, once for all queries. Source: PostgreSQL manual, "System Catalogs".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlkit.describe.relation import Attribute, Relation
from sqlkit.describe.tree import read_query
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

# Tables and views: inheriting tables, foreign partitions, and a view's rule.
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
    c.relhasrules and c.relkind <> 'v',
    (
        select w.ev_action::text from pg_catalog.pg_rewrite as w
        where c.relkind = 'v' and w.ev_class = c.oid and w.ev_type = '1'
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
    )
from pg_catalog.pg_attribute as a
where a.attrelid = any(%s::oid[]) and a.attnum > 0 and not a.attisdropped
"""

# Operators that a btree index takes for equality: method 403, strategy 3.
EQUALITIES = """
select distinct amopopr::int8 from pg_catalog.pg_amop where amopmethod = 403 and amopstrategy = 3
"""

VOLATILITIES = """
select p.oid::int8, p.provolatile::text from pg_catalog.pg_proc as p where p.oid = any(%s::oid[])
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

    types: Mapping[int, Type] = field(default_factory=dict[int, Type])
    type_names: Mapping[tuple[int, int | None], str] = field(
        default_factory=dict[tuple[int, int | None], str]
    )
    relations: dict[int, Relation] = field(default_factory=dict[int, Relation])
    volatilities: Mapping[int, str] = field(default_factory=dict[int, str])
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


def relations(
    rows: Iterable[Sequence[Any]], attribute_rows: Iterable[Sequence[Any]]
) -> dict[int, Relation]:
    """The tables and views of rows of `RELATIONS` and `ATTRIBUTES`, by oid."""
    attributes: dict[int, dict[int, Attribute]] = {}
    for oid, number, name, type_oid, not_null, accepts_null in attribute_rows:
        attribute = Attribute(name, type_oid, not_null, accepts_null)
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
        )
        for oid, schema, name, kind, heirs, foreign, rules, rule, unique in rows
    }
