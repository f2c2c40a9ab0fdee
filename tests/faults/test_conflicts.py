"""Transactions that meet: deadlocks, serialization failures and locks that aren't had in time."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from sqlkit import Statement, sql
from sqlkit.policy.retry import Retry
from sqlkit.statement import Effects, Line, Query
from tests.awaited import together
from tests.faults import calls
from tests.faults.watching import meanwhile, until, waiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit import AsyncConnection
    from tests.faults.conftest import Open, Session
    from tests.faults.seen import Seen

TABLES = """
create table account (id int primary key, balance int not null);
insert into account values (1, 0), (2, 0), (3, 0);
"""


def deposit(name: str) -> Query[int]:
    return Query(
        name=name,
        lines=(
            Line("with c as materialized (select counted()) update account"),
            Line(" set balance = balance + 1 from c where id = any(", 0, ")"),
        ),
        kind="affected",
        parameters=("ids",),
        effects=Effects(writes=("public.account",)),
    )


FIRST, SECOND = deposit("deposit_first"), deposit("deposit_second")


@pytest.fixture
def lone(direct: Session, database_url: str) -> Iterator[Session]:
    """Another one's connection, which deadlocks never choose."""
    direct.execute(TABLES)
    options = "-c deadlock_timeout=60s"
    with psycopg.connect(database_url, autocommit=True, options=options) as conn:
        yield conn


def limited(url: str, *options: str) -> str:
    return make_conninfo(url, options=" ".join(f"-c {option}" for option in options))


def balances(conn: Session) -> list[int]:
    return [n for (n,) in conn.execute("select balance from account order by id")]


# --- Deadlocks

HERE = "database = (select oid from pg_database where datname = current_database())"
FLAG = sql("select pg_advisory_xact_lock(1)::text", kind="exec")
FLAGGED = sql(
    f"select exists (select from pg_locks where locktype = 'advisory' and {HERE})", kind="one"
)
BLOCKED = sql(
    "select exists (select from pg_locks where not granted"
    f" and pid in (select pid from pg_locks where {HERE}))",
    kind="one",
)
PAUSE = sql("select pg_sleep(0.01)::text", kind="exec")


async def test_of_two_that_deadlock_one_is_repeated_and_both_names_are_logged(
    make_both: Open, lone: Session, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    attempts = {"left": 0, "right": 0}

    async def left(tx: AsyncConnection) -> None:
        attempts["left"] += 1
        await tx.run(Statement(FIRST, ([1],)))
        while attempts["left"] == 1 and not await tx.run(FLAGGED):
            await tx.run(PAUSE)
        await tx.run(Statement(FIRST, ([2],)))

    async def right(tx: AsyncConnection) -> None:
        attempts["right"] += 1
        await tx.run(Statement(SECOND, ([2],)))
        await tx.run(FLAG)
        while attempts["right"] == 1 and not await tx.run(BLOCKED):
            await tx.run(PAUSE)
        await tx.run(Statement(SECOND, ([1],)))

    async with make_both(limited(database_url, "deadlock_timeout=200ms"), min_size=2) as db:
        await together(db, db.transact(left), db.transact(right))
    assert sorted(attempts.values()) == [1, 2]
    assert balances(lone) == [2, 2, 0]
    told = deadlock(caplog)
    assert told.levelno == logging.WARNING
    named = told.__dict__
    assert {named["sqlkit_query"], *named["sqlkit_others"]} == {"deposit_first", "deposit_second"}
    assert "deposit_first" in told.getMessage()
    assert "deposit_second" in told.getMessage()


async def test_batches_that_deadlock_are_repeated_and_logged_too(
    make_both: Open, lone: Session, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    def batch(query: Query[int], *ids: int) -> list[Statement[int]]:
        return [Statement(query, ([n],)) for n in ids for _ in range(50)]

    async with make_both(limited(database_url, "deadlock_timeout=10ms"), min_size=2) as db:
        rounds = 0
        while rounds < 20:
            rounds += 1
            await together(db, db.batch(batch(FIRST, 1, 2)), db.batch(batch(SECOND, 2, 1)))
            if any("deadlock" in text for text in caplog.messages):
                break
    assert "deadlock with" in deadlock(caplog).getMessage()
    assert deadlock(caplog).__dict__["sqlkit_query"].startswith("deposit_")
    assert balances(lone) == [100 * rounds, 100 * rounds, 0]


def deadlock(caplog: pytest.LogCaptureFixture) -> logging.LogRecord:
    told, *_ = [r for r in caplog.records if r.__dict__.get("sqlkit_event") == "deadlock"]
    return told


async def test_a_single_statement_that_deadlocks_is_repeated(
    open_one: Open,
    lone: Session,
    direct: Session,
    database_url: str,
    seen: Seen,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def ask_for_the_other() -> None:
        waiting(direct)
        lone.execute("update account set balance = 10 where id = 1")
        lone.execute("commit")

    async with open_one(database_url) as db:
        lone.execute("begin")
        lone.execute("update account set balance = 10 where id = 2")
        work = db.run(Statement(FIRST, ([1, 2],)))
        assert await meanwhile(db, work, ask_for_the_other) == 2
    *failed, last = seen.errors("deposit_first")
    assert (set(failed), last) == ({"40P01"}, "")  # again if it was faster than the other
    assert balances(direct) == [11, 11, 0]
    assert calls.executions(direct) == len(failed) + 1
    assert "none of this database's" in deadlock(caplog).getMessage()


# --- Serialization failures


async def test_a_single_statement_that_can_not_be_serialized_is_repeated(
    open_one: Open, direct: Session, lone: Session, database_url: str, seen: Seen
) -> None:
    def commit() -> None:
        waiting(direct)
        lone.execute("commit")

    url = limited(database_url, "default_transaction_isolation=repeatable\\ read")
    async with open_one(url) as db:
        lone.execute("begin; update account set balance = 10 where id = 1")
        assert await meanwhile(db, db.run(Statement(FIRST, ([1],))), commit) == 1
    assert seen.errors("deposit_first") == ["40001", ""]
    assert balances(direct) == [11, 0, 0]
    assert calls.executions(direct) == 2


async def test_transact_repeats_what_can_not_be_serialized_until_it_can(
    open_one: Open, lone: Session, database_url: str, seen: Seen
) -> None:
    attempts = 0

    async def disturbed(tx: AsyncConnection) -> int:
        nonlocal attempts
        attempts += 1
        balance = await tx.run(sql("select balance from account where id = 1", kind="one"))
        if attempts <= 8:  # more often than any other failure is repeated
            lone.execute("update account set balance = balance + 1 where id = 1")
        await tx.run(
            sql("update account set balance = :n where id = 1", kind="exec", n=balance + 100)
        )
        return attempts

    async with open_one(database_url, retry=Retry(base=0.001)) as db:
        assert await db.transact(disturbed, isolation="repeatable read") == 9
    assert seen.errors("sql").count("40001") == 8
    assert balances(lone) == [108, 0, 0]


async def test_a_failure_to_serialize_at_commit_is_repeated_too(
    open_one: Open, lone: Session, database_url: str, seen: Seen
) -> None:
    """Write skew: each reads what the other writes."""
    attempts = 0

    async def skewed(tx: AsyncConnection) -> None:
        nonlocal attempts
        attempts += 1
        total = await tx.run(sql("select sum(balance)::int from account", kind="one"))
        await tx.run(sql("update account set balance = :n where id = 2", kind="exec", n=total + 1))
        if attempts == 1:
            lone.execute("begin isolation level serializable")
            lone.execute("select sum(balance) from account")
            lone.execute("update account set balance = 5 where id = 1")
            lone.execute("commit")

    async with open_one(database_url) as db:
        await db.transact(skewed, isolation="serializable")
    assert attempts == 2
    assert seen.errors("commit") == ["40001", ""]
    assert balances(lone) == [5, 6, 0]


async def test_inside_a_transaction_a_conflict_is_the_caller_s(
    open_one: Open, lone: Session, database_url: str, seen: Seen
) -> None:
    async with open_one(database_url) as db:
        with pytest.raises(psycopg.errors.SerializationFailure):
            async with db.transaction(isolation="repeatable read") as tx:
                await tx.run(sql("select 1", kind="one"))
                lone.execute("update account set balance = 10 where id = 1")
                await tx.run(Statement(FIRST, ([1],)))
    assert seen.errors("deposit_first") == ["40001"]
    assert balances(lone) == [10, 0, 0]


# --- Locks

LOCKED = "begin; select from account where id = 1 for update"
NOWAIT = sql("select balance from account where id = 1 for update nowait", kind="one")
SOON = sql("select balance from account where id = 1 for update", kind="one")


@pytest.mark.parametrize("statement", [NOWAIT, SOON])
async def test_a_lock_that_is_not_had_in_time_is_asked_for_again(
    open_one: Open, lone: Session, database_url: str, seen: Seen, statement: Statement[Any]
) -> None:
    def give_way() -> None:
        until(lambda: seen.errors("sql"))
        lone.execute("commit")

    async with open_one(limited(database_url, "lock_timeout=50ms")) as db:
        lone.execute(LOCKED)
        assert await meanwhile(db, db.run(statement), give_way) == 0
    failed = seen.errors("sql")[:-1]
    assert failed == ["55P03"] * len(failed)


@pytest.mark.parametrize("statement", [NOWAIT, SOON])
async def test_a_lock_that_is_never_had_is_asked_for_five_times(
    open_one: Open, lone: Session, database_url: str, seen: Seen, statement: Statement[Any]
) -> None:
    async with open_one(limited(database_url, "lock_timeout=10ms")) as db:
        pid = await db.run(sql("select pg_backend_pid()", kind="one"))
        lone.execute(LOCKED)
        seen.attempts.clear()
        with pytest.raises(psycopg.errors.LockNotAvailable):
            await db.run(statement)
        assert seen.errors("sql") == ["55P03"] * 5
        with pytest.raises(psycopg.errors.LockNotAvailable):
            async with db.transaction() as tx:
                await tx.run(statement)
        assert seen.errors("sql") == ["55P03"] * 6
        lone.execute("rollback")
        assert await db.run(sql("select pg_backend_pid()", kind="one")) == pid


async def test_a_statement_that_is_cancelled_is_not_repeated(
    open_one: Open, lone: Session, direct: Session, database_url: str, seen: Seen
) -> None:
    def cancel_it() -> None:
        direct.execute("select pg_cancel_backend(%s)", [waiting(direct)])

    async with open_one(database_url) as db:
        lone.execute(LOCKED)
        work = db.run(Statement(FIRST, ([1],)))
        error = await meanwhile(db, work, cancel_it)
        assert isinstance(error, psycopg.errors.QueryCanceled)
    assert seen.errors("deposit_first") == ["57014"]
    assert calls.executions(lone) == 1
