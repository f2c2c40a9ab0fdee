"""How a database is, for a readiness probe."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

import psycopg

from sqlkit.database import driver, wire
from sqlkit.database.deadline import waited, waited_async
from sqlkit.errors import SqlkitError
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg.abc import PQGen


@dataclass(frozen=True, slots=True)
class Health:
    """What a database answered, or why it didn't.

    ``ok``: a connection was had, and it answered. ``round_trip``: in seconds.
    ``in_recovery``: the server is a standby. ``read_only``: a transaction that says nothing is
    read-only, as `Database(read_only=True)` asks for; that is a guard. ``can_write``: the role has
    the right to change something in this database, which no guard takes away. ``pool``: as
    `pool_statistics`. ``error``: why it isn't ok, without a password. What isn't known is None.
    """

    ok: bool
    round_trip: float | None = None
    server_version: str | None = None
    in_recovery: bool | None = None
    read_only: bool | None = None
    can_write: bool | None = None
    pool: Mapping[str, int] = field(default_factory=dict[str, int])
    error: str | None = None


# Rights that the role has itself, by inheritance, or after SET ROLE. An owner can grant himself
# what he lacks, and before PostgreSQL 16 so can who may create roles. has_table_privilege knows of
# superusers and pg_write_all_data. The cheap questions come first; the first that finds something
# ends the search. PostgreSQL manual, 9.27 "System Information Functions", 5.8 "Privileges".
_CAN_WRITE = """\
with mine as (select oid, rolsuper, rolcreaterole from pg_roles where pg_has_role(oid, 'member'))
select exists (select from mine where rolsuper or rolcreaterole)
    or pg_has_role('pg_write_all_data', 'member')
    or exists (
        select from mine where has_database_privilege(mine.oid, current_database(), 'create'))
    or exists (
        select from pg_namespace n, mine
        where n.nspname !~ '^pg_(toast|temp)' and has_schema_privilege(mine.oid, n.oid, 'create'))
    or exists (
        select from pg_class c, mine
        where c.relkind in ('r', 'p', 'v', 'f') and c.relpersistence <> 't'
          and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
          and (c.relowner = mine.oid
            or has_table_privilege(mine.oid, c.oid, 'insert, update, delete, truncate')
            or has_any_column_privilege(mine.oid, c.oid, 'insert, update')))"""


def _query(name: str, text: str) -> Query[Any]:
    return Query(name=f"health.{name}", kind="one", lines=(Line(text),))


PING: Statement[int] = Statement(_query("ping", "select 1"), ())
"""Of which the round trip is measured."""

STATE: Statement[tuple[str, bool, bool]] = Statement(
    _query(
        "state",
        "select current_setting('server_version') as version, pg_is_in_recovery() as in_recovery,"
        " current_setting('default_transaction_read_only')::bool as read_only",
    ),
    (),
)
"""Version, in recovery, read-only."""

CAN_WRITE: Statement[bool] = Statement(_query("can_write", _CAN_WRITE), ())
"""Whether the role may change something."""


def asked(conn: wire.AnyConnection) -> PQGen[Health]:
    """Ask on a connection; of the round trip, the second is measured: the first one prepares."""
    yield from wire.run(conn, PING)
    began = perf_counter()
    yield from wire.run(conn, PING)
    ended = perf_counter()
    version, in_recovery, read_only = yield from wire.run(conn, STATE)
    can_write = yield from wire.run(conn, CAN_WRITE)
    return Health(
        ok=True,
        round_trip=ended - began,
        server_version=version,
        in_recovery=in_recovery,
        read_only=read_only or conn.profile.is_strict,
        can_write=can_write,
    )


def ask(conn: wire.PgConnection, seconds: float) -> Health:
    """Ask, for so many seconds at most; a connection that doesn't answer by then is closed."""
    try:
        return waited(conn, asked(conn), seconds)
    except driver.WaitTimeout:
        wire.finish(conn)
        raise


async def ask_async(conn: wire.AsyncPgConnection, seconds: float) -> Health:
    """`ask`, awaited."""
    try:
        return await waited_async(conn, asked(conn), seconds)
    except driver.WaitTimeout:
        wire.finish(conn)
        raise


def unwell(error: Exception, seconds: float) -> Health:
    """What it is when an error came instead; of one that isn't known, only its name is told."""
    if isinstance(error, driver.WaitTimeout):
        return Health(ok=False, error=f"no answer within {seconds:g} s")
    known = isinstance(error, (psycopg.Error, SqlkitError))
    return Health(ok=False, error=str(error) if known else type(error).__name__)
