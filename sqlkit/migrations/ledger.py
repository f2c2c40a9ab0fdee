"""What a database knows of its migrations: yoyo's ledger, and a table beside it.

yoyo's table has id and time. Ours adds the checksum of what was applied, how long it took, and
whether something that can't be rolled back began and did not end. It is named after yoyo's:
``_sqlkit_migration`` beside ``_yoyo_migration``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, LiteralString

from psycopg import sql

from sqlkit.migrations.standing import Record

if TYPE_CHECKING:
    import psycopg

_CREATE = """
create table if not exists {own} (
    id varchar(255) primary key,
    sha256 char(64) not null,
    tool_version text not null,
    started timestamptz,
    finished timestamptz,
    duration double precision,
    state text not null check (state in ('ok', 'dirty')),
    error text
)
"""
# A checksum holds for the application that it was recorded with: yoyo's own backend may have
# rolled that back and applied something else since, which only its ledger knows.
_READ = """
select coalesce(l.migration_id, m.id) as id, l.applied_at_utc at time zone 'UTC' as applied,
    case when m.finished = l.applied_at_utc at time zone 'UTC' or l.migration_id is null
        then m.sha256 end as sha256,
    m.started, m.duration, coalesce(m.state = 'dirty', false) as dirty, m.error
from {ledger} l
full join {own} m on m.id = l.migration_id
order by l.applied_at_utc, id
"""
_READ_LEDGER_ONLY = """
select l.migration_id, l.applied_at_utc at time zone 'UTC', null, null, null, false, null
from {ledger} l
order by l.applied_at_utc, l.migration_id
"""
_RECORD = """
insert into {own} (id, sha256, tool_version, started, finished, duration, state)
select l.migration_id, %(sha256)s, %(tool)s, %(started)s, l.applied_at_utc at time zone 'UTC',
    %(duration)s, 'ok'
from {ledger} l
where l.migration_id = %(id)s
on conflict (id) do update set sha256 = excluded.sha256, tool_version = excluded.tool_version,
    started = excluded.started, finished = excluded.finished, duration = excluded.duration,
    state = 'ok', error = null
"""
_BEGIN = """
insert into {own} (id, sha256, tool_version, started, state)
values (%(id)s, %(sha256)s, %(tool)s, clock_timestamp(), 'dirty')
on conflict (id) do update set sha256 = excluded.sha256, tool_version = excluded.tool_version,
    started = excluded.started, finished = null, duration = null, state = 'dirty', error = null
"""


class Ledger:
    """The two tables of one database; ``table`` is the name of yoyo's, in ``schema``."""

    def __init__(self, connection: psycopg.Connection[Any], schema: str, table: str) -> None:
        self._connection = connection
        self.ledger = sql.Identifier(schema, table)
        self.own = sql.Identifier(schema, "_sqlkit" + table.removeprefix("_yoyo"))
        self.name = f"{schema}.{table}"

    def create(self) -> None:
        """Make our table, where it isn't there."""
        if not self._is_there(self.own):
            self._execute(_CREATE)

    def read(self) -> dict[str, Record]:
        """Every migration that the database knows, by id, oldest first. Writes nothing."""
        if not self._is_there(self.ledger):
            return {}
        text = _READ if self._is_there(self.own) else _READ_LEDGER_ONLY
        return {row[0]: _record(*row) for row in self._execute(text).fetchall()}

    def has(self, id_: str) -> bool:
        """Whether yoyo's ledger has a migration, which must be there already."""
        found = self._execute("select from {ledger} where migration_id = %(id)s", id=id_)
        return found.fetchone() is not None

    def record(
        self,
        id_: str,
        sha256: str,
        *,
        started: datetime | None = None,
        duration: float | None = None,
    ) -> None:
        """Record the checksum of a migration that yoyo's ledger has; it is not dirty then."""
        self._execute(
            _RECORD, id=id_, sha256=sha256, tool=_tool(), started=started, duration=duration
        )

    def begin(self, id_: str, sha256: str) -> None:
        """Record that a migration is dirty, before it begins."""
        self._execute(_BEGIN, id=id_, sha256=sha256, tool=_tool())

    def fail(self, id_: str, error: str) -> None:
        """Record why a dirty migration failed."""
        self._execute("update {own} set error = %(error)s where id = %(id)s", id=id_, error=error)

    def forget(self, id_: str) -> None:
        """Remove what our table has of a migration."""
        self._execute("delete from {own} where id = %(id)s", id=id_)

    def _is_there(self, table: sql.Identifier) -> bool:
        name = table.as_string(self._connection)
        row = self._connection.execute("select to_regclass(%s)", (name,)).fetchone()
        return row is not None and row[0] is not None

    def _execute(self, text: LiteralString, **parameters: Any) -> psycopg.Cursor[Any]:
        statement = sql.SQL(text).format(ledger=self.ledger, own=self.own)
        return self._connection.execute(statement, parameters or None)


def _record(
    id_: str,
    applied: datetime | None,
    sha256: str | None,
    started: datetime | None,
    duration: float | None,
    dirty: bool,
    error: str | None,
) -> Record:
    return Record(
        id=id_,
        applied=_utc(applied),
        sha256=sha256,
        started=_utc(started),
        duration=duration,
        dirty=dirty,
        error=error,
    )


def _utc(moment: datetime | None) -> datetime | None:
    """Whatever the session's time zone is."""
    return moment.astimezone(UTC) if moment else None


@cache
def _tool() -> str:
    return f"sqlkit {version('sqlkit-pg')}"
