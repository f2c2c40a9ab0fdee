"""Types, with all they consist of, and their names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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
    from collections.abc import Iterable, Mapping, Sequence

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

TYPE_NAMES = """
select t.oid::int8, t.typmod, pg_catalog.format_type(t.oid, t.typmod)
from unnest(%s::oid[], %s::int4[]) as t(oid, typmod)
"""


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
