"""What queries compute with: functions, the types of expressions, operators of equality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlkit.describe.function import Function, UsedType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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

# Operators that a btree index takes for equality: method 403, strategy 3.
EQUALITIES = """
select distinct amopopr::int8 from pg_catalog.pg_amop where amopmethod = 403 and amopstrategy = 3
"""


def functions(rows: Iterable[Sequence[Any]]) -> dict[int, Function]:
    """The functions of rows of `FUNCTIONS`, by oid."""
    return {
        oid: Function(signature, volatility, strict) for oid, signature, volatility, strict in rows
    }


def used_types(rows: Iterable[Sequence[Any]]) -> dict[int, UsedType]:
    """The types of rows of `USED_TYPES`, by oid."""
    return {row[0]: UsedType(*row[1:]) for row in rows}
