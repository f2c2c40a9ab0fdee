"""What the server refuses for the caller's own reasons is executed once, and the error is told.

Nothing is faked: each state is what PostgreSQL says of a statement that deserves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from sqlkit import sql
from tests.faults import calls
from tests.faults.calls import PID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit import AsyncConnection, AsyncDatabase
    from sqlkit.testing.server import Server
    from tests.faults.conftest import Open, Session
    from tests.faults.seen import Seen

TABLES = """
create table parent (id int primary key);
insert into parent values (1);
create table child (id int primary key check (id > 0), parent int not null references parent);
insert into child values (1, 1);
grant all on all tables in schema public to pg_monitor;
grant all on all sequences in schema public to pg_monitor;
"""
COUNTED = "from (select counted()) as c (n) where n > 0"

# The state, what provokes it, and how often it is executed: not at all if preparing it fails.
REFUSED = [
    ("0A000", "select count(*) from counter for update", 0),
    ("22012", "select counted() / 0", 1),
    ("22P02", "select (counted()::text || 'x')::int", 1),
    ("23502", f"insert into child select 2, null {COUNTED}", 1),
    ("23503", f"insert into child select 2, 2 {COUNTED}", 1),
    ("23505", f"insert into child select 1, 1 {COUNTED}", 1),
    ("23514", f"insert into child select -1, 1 {COUNTED}", 1),
    ("42501", "select counted() from pg_authid", 0),
    ("42601", "select select", 0),
    ("42703", "select nothing from counter", 0),
    ("42P01", "select * from nowhere", 0),
    ("54000", "select repeat('x', 1999999999 + 0 * counted()::int)", 1),
    ("57014", "select counted(), pg_sleep(20)", 1),
    ("P0001", "select refuse()", 1),
]


@pytest.fixture(scope="module")
def module_url(server: Server) -> Iterator[str]:
    with server.database() as url:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(f"{calls.TABLES}; {TABLES}")
        yield url


@pytest.fixture
def direct(module_url: str) -> Iterator[Session]:
    with psycopg.connect(module_url, autocommit=True) as conn:
        conn.execute("alter sequence executions restart")
        yield conn


async def alone(db: AsyncDatabase, text: str) -> None:
    await db.run(sql(text, kind="affected"))


async def in_transaction(db: AsyncDatabase, text: str) -> None:
    async with db.transaction() as tx:
        await tx.run(sql(text, kind="affected"))


async def in_transact(db: AsyncDatabase, text: str) -> None:
    async def whole(tx: AsyncConnection) -> None:
        await tx.run(sql(text, kind="affected"))

    await db.transact(whole)


async def in_batch(db: AsyncDatabase, text: str) -> None:
    await db.batch([sql(text, kind="affected")])


WAYS = [alone, in_transaction, in_transact, in_batch]


@pytest.mark.parametrize(
    ("state", "text", "executions"), REFUSED, ids=[state for state, _, _ in REFUSED]
)
async def test_it_is_executed_once_and_the_connection_stays(
    open_one: Open, direct: Session, module_url: str, state: str, text: str, executions: int
) -> None:
    url = make_conninfo(module_url, options="-c statement_timeout=1s -c role=pg_monitor")
    async with open_one(url) as db:
        pid = await db.run(PID)
        for number, way in enumerate(WAYS, 1):
            with pytest.raises(psycopg.Error) as caught:
                await way(db, text)
            assert caught.value.sqlstate == state, way
            assert calls.executions(direct) == executions * number, way
            assert await db.run(PID) == pid, way


async def test_a_write_to_a_database_that_is_read_only_is_executed_once(
    open_one: Open, module_url: str, seen: Seen
) -> None:
    async with open_one(module_url, read_only=True) as db:
        pid = await db.run(PID)
        for way in WAYS:
            seen.attempts.clear()
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                await way(db, "insert into done values (1)")
            names = [attempt.name for attempt in seen.attempts if attempt.error]
            assert len(names) == len(set(names)), way
            assert await db.run(PID) == pid, way
