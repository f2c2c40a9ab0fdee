"""INVALID indexes: what ``create index concurrently`` leaves when it fails.

PostgreSQL manual, CREATE INDEX, "Building Indexes Concurrently": such an index is ignored by
queries and still costs every write; it is to be dropped, and the build tried again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psycopg

    from sqlkit.migrations.statement import Statement

# An index of a partitioned table (relkind I) is invalid by intent until it has all its parts.
_INVALID = """
select n.nspname, c.relname, t.relname, exists (
    select from pg_stat_progress_create_index p
    where p.datid = (select oid from pg_database where datname = current_database())
        and p.relid = t.oid
)
from pg_index i
join pg_class c on c.oid = i.indexrelid and c.relkind = 'i'
join pg_class t on t.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace
where not i.indisvalid
order by 1, 2
"""
# What "reindex concurrently" adds to the name of an index.
_REINDEXED = re.compile(r"_cc(?:new|old)\d*$")
_UNNAMED = re.compile(r"\bconcurrently\s+on\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InvalidIndex:
    """An INVALID index; ``in_work``: something is building an index of its table right now."""

    schema: str
    name: str
    table: str
    in_work: bool

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


def invalid_indexes(
    connection: psycopg.Connection[Any], statements: Iterable[Statement]
) -> list[InvalidIndex]:
    """The INVALID indexes that these statements may have left, or stumble over."""
    concurrent = [one.sql for one in statements if one.concurrent]
    if not concurrent:
        return []
    found = [InvalidIndex(*row) for row in connection.execute(_INVALID)]
    return [index for index in found if any(_may_be_of(index, one) for one in concurrent)]


def _may_be_of(index: InvalidIndex, statement: str) -> bool:
    """Whether the statement names the index; or its table, where it leaves the name to the server.

    Unquoted names are folded to lower case, so both ways of writing count.
    """
    words = set(re.findall(r"\w+", statement))
    words |= {word.lower() for word in words}
    if _REINDEXED.sub("", index.name) in words:
        return True
    named_by_server = _UNNAMED.search(statement) or _REINDEXED.search(index.name)
    return bool(named_by_server) and index.table in words


def drop(connection: psycopg.Connection[Any], index: InvalidIndex) -> None:
    """Drop an index while others go on; the connection is in autocommit."""
    name = sql.Identifier(index.schema, index.name)
    connection.execute(sql.SQL("drop index concurrently if exists {}").format(name))
