"""What the catalog says of types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Read by kind of type: PostgreSQL manual, 54.64 "pg_type", columns typtype and typarray.
CATALOG = """
with recursive needed(oid) as (
    select unnest($1::oid[])
    union
    select part.oid
    from needed
    join pg_catalog.pg_type as t on t.oid = needed.oid
    left join pg_catalog.pg_type as e on e.oid = t.typelem
    left join pg_catalog.pg_range as r on r.rngtypid = t.oid or r.rngmultitypid = t.oid
    cross join lateral (
        select e.oid where e.typarray = t.oid
        union all select t.typbasetype where t.typtype = 'd'
        union all select r.rngsubtype where r.rngtypid is not null
        union all select r.rngtypid where r.rngmultitypid = t.oid
        union all
        select a.atttypid from pg_catalog.pg_attribute as a
        where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    ) as part(oid)
)
select
    t.oid::int8,
    t.typname::text,
    n.nspname::text,
    case when e.typarray = t.oid then 'a' else t.typtype::text end,
    t.typarray::int8,
    case
        when e.typarray = t.oid then t.typelem
        when t.typtype = 'd' then t.typbasetype
        when t.typtype = 'm' then r.rngtypid
        else coalesce(r.rngsubtype, 0)
    end::int8,
    f.names,
    f.types,
    t.typdelim::text
from needed
join pg_catalog.pg_type as t on t.oid = needed.oid
join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
left join pg_catalog.pg_type as e on e.oid = t.typelem
left join pg_catalog.pg_range as r on r.rngtypid = t.oid or r.rngmultitypid = t.oid
cross join lateral (
    select
        array_agg(a.attname::text order by a.attnum) as names,
        array_agg(a.atttypid::int8 order by a.attnum) as types
    from pg_catalog.pg_attribute as a
    where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
) as f
"""


@dataclass(frozen=True, slots=True)
class PgType:
    """One type, as the catalog tells it.

    ``kind`` is ``pg_type.typtype``, or ``a`` for an array; ``of`` the oid of the element, base
    type, subtype or range; ``field_names`` and ``field_types`` (oids) those of a composite;
    ``delimiter`` is what is between the elements of an array of it, as text.
    """

    oid: int
    name: str
    schema: str
    kind: str
    array: int
    of: int
    field_names: Sequence[str] | None = None
    field_types: Sequence[int] | None = None
    delimiter: str = ","
