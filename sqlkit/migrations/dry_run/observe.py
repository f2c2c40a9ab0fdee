"""Seeing, from within a transaction, what it has done so far. Writes nothing.

PostgreSQL manual: 54.12 ``pg_locks``; 9.28.7 ``pg_relation_filenode``, which is another one after a
rewrite; 28.2 ``pg_stat_xact_user_tables``, what this transaction has read and changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

_TABLES = """
select c.oid, c.oid::regclass::text, pg_relation_filenode(c.oid), coalesce(s.seq_scan, 0),
    coalesce(s.seq_tup_read, 0),
    coalesce(s.n_tup_ins, 0) + coalesce(s.n_tup_upd, 0) + coalesce(s.n_tup_del, 0)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_stat_xact_user_tables s on s.relid = c.oid
where c.relkind in ('r', 'p', 'm', 'f') and c.relpersistence <> 't'
    and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
"""
_LOCKS = """
select relation, mode
from pg_locks
where pid = pg_backend_pid() and locktype = 'relation' and granted
    and database = (select oid from pg_database where datname = current_database())
"""
_SIZES = "select oid, coalesce(pg_table_size(oid), 0) from unnest(%s::oid[]) oid"


@dataclass(frozen=True, slots=True)
class Table:
    """A table at a moment; ``scans``, ``read`` (rows) and ``changed`` are of this transaction."""

    name: str
    filenode: int | None
    scans: int
    read: int
    changed: int


@dataclass(frozen=True, slots=True)
class Moment:
    """All tables by oid, and all locks on tables that the transaction has."""

    tables: Mapping[int, Table]
    locks: frozenset[tuple[int, str]]


def moment(connection: psycopg.Connection[Any]) -> Moment:
    """How it is now."""
    locks = frozenset((row[0], row[1]) for row in connection.execute(_LOCKS))
    return Moment({row[0]: Table(*row[1:]) for row in connection.execute(_TABLES)}, locks)


def sizes(connection: psycopg.Connection[Any], oids: list[int]) -> dict[int, int]:
    """The sizes of tables in bytes, indexes left out; of a dropped one 0."""
    return {row[0]: row[1] for row in connection.execute(_SIZES, (oids,))}
