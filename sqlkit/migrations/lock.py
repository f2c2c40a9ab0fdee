"""The lock that lets one process at a time apply migrations to a database.

An advisory lock of the session (PostgreSQL manual, 13.3.5), so that it ends with its process. It is
asked for again and again instead of waited for: a session that waits is in a transaction, and
``create index concurrently`` in the process with the lock would wait for that transaction to end.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

from sqlkit.errors import MigrationLocked

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import psycopg

POLL = 0.05
_POSITIVE = 0x7FFFFFFF
_CLASS = crc32(b"sqlkit migrations") & _POSITIVE

_HOLDER = """
select a.pid, nullif(a.application_name, ''), host(a.client_addr),
    extract(epoch from clock_timestamp() - a.backend_start)::float8
from pg_locks l
join pg_stat_activity a using (pid)
where l.locktype = 'advisory' and l.granted and l.objsubid = 2
    and l.database = (select oid from pg_database where datname = current_database())
    and l.classid = %s::int8::oid and l.objid = %s::int8::oid
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock. What another role's session is, PostgreSQL tells not to everyone."""

    pid: int
    application: str | None
    address: str | None
    age: float | None

    def __str__(self) -> str:
        parts = [f"backend {self.pid}"]
        parts += [f'application "{self.application}"'] if self.application else []
        parts += [f"from {self.address}"] if self.address else []
        parts += [f"connected {self.age:.0f} s ago"] if self.age is not None else []
        return ", ".join(parts)


@contextmanager
def locked(
    connection: psycopg.Connection[Any], ledger: str, wait: float, told: Callable[[str], None]
) -> Generator[None]:
    """Hold the lock of a ledger; waits for it at most ``wait`` seconds.

    Raises `MigrationLocked`, which names the holder.
    """
    _take(connection, ledger, wait, told)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("select pg_advisory_unlock(%s, %s)", key(ledger))


def holder(connection: psycopg.Connection[Any], ledger: str) -> Holder | None:
    """Who holds the lock, if anybody does."""
    row = connection.execute(_HOLDER, key(ledger)).fetchone()
    return Holder(*row) if row else None


def _take(
    connection: psycopg.Connection[Any], ledger: str, wait: float, told: Callable[[str], None]
) -> None:
    end = time.monotonic() + wait
    waiting = False
    while not _try(connection, ledger):
        if time.monotonic() >= end:
            raise MigrationLocked(_refusal(holder(connection, ledger), wait))
        if not waiting:
            told(f"waiting for {holder(connection, ledger) or 'the lock'}, which migrates")
        waiting = True
        time.sleep(POLL)


def _try(connection: psycopg.Connection[Any], ledger: str) -> bool:
    row = connection.execute("select pg_try_advisory_lock(%s, %s)", key(ledger)).fetchone()
    return row is not None and bool(row[0])


def key(ledger: str) -> tuple[int, int]:
    """The two numbers of the lock, for others who must not work at the same time."""
    return _CLASS, crc32(ledger.encode()) & _POSITIVE


def _refusal(found: Holder | None, wait: float) -> str:
    message = f"the lock of migrations could not be had within {wait:g} s"
    if found is None:
        return f"{message}: others had it in turn\nhint: wait longer with --wait SECONDS"
    return (
        f"{message}: {found} holds it\n"
        "hint: it ends with that process; wait longer with --wait SECONDS, or end it with "
        f'"select pg_terminate_backend({found.pid})"'
    )
