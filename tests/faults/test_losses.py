"""Sessions that end under a call: whatever was not done is repeated, and nothing is done twice."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from sqlkit import CommitUnknown, sql
from tests.faults import calls
from tests.faults.calls import ADD, PID, SET
from tests.faults.watching import meanwhile, until, waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlkit import AsyncConnection, AsyncDatabase
    from tests.faults.conftest import Open, Session
    from tests.faults.proxy import Proxy
    from tests.faults.seen import Seen


def counter(conn: Session) -> int:
    row = conn.execute("select n from counter").fetchone()
    assert row is not None
    return int(row[0])


def terminate(conn: Session, pid: int) -> None:
    """End a session as an administrator does, and wait until it is gone."""
    conn.execute("select pg_terminate_backend(%s)", [pid])
    await_end(conn, pid)


def await_end(conn: Session, pid: int) -> None:
    """Wait until a session is gone."""
    session = "select from pg_stat_activity where pid = %s"
    until(lambda: conn.execute(session, [pid]).rowcount == 0)


@pytest.fixture
def lock(direct: Session, database_url: str) -> Iterator[Session]:
    """Another one's transaction, that holds the counter."""
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute("begin; select from counter for update")
        yield conn


# --- While nobody uses it


async def test_a_session_that_ends_between_two_calls_is_not_noticed(
    open_one: Open, direct: Session, database_url: str, seen: Seen
) -> None:
    async with open_one(database_url) as db:
        pid = await db.run(PID)
        terminate(direct, pid)
        assert await db.run(ADD) == 1
        assert await db.run(PID) != pid
    assert seen.errors("add") == [""]
    assert calls.executions(direct) == 1


async def test_a_session_that_was_idle_for_too_long_is_not_noticed(
    open_one: Open, direct: Session, database_url: str, seen: Seen
) -> None:
    url = make_conninfo(database_url, options="-c idle_session_timeout=500ms")
    async with open_one(url) as db:
        pid = await db.run(PID)
        await_end(direct, pid)
        assert await db.run(ADD) == 1
        async with db.connection() as held:
            pid = await held.run(PID)
            await_end(direct, pid)
            with pytest.raises(psycopg.errors.IdleSessionTimeout):
                await held.run(ADD)
    assert seen.errors("add") == ["", "57P05"]
    assert calls.executions(direct) == 1


async def test_a_connection_that_breaks_between_two_calls_is_not_noticed(
    open_one: Open, direct: Session, proxy: Proxy, url: str, seen: Seen
) -> None:
    async with open_one(url) as db:
        await db.run(PID)
        proxy.break_links()
        time.sleep(0.1)  # noqa: ASYNC251 # a connection that just worked isn't looked at
        assert await db.run(ADD) == 1
    assert seen.errors("add") == [""]
    assert calls.executions(direct) == 1


# --- While a statement is under way


async def test_a_write_whose_session_ends_is_unknown(
    open_one: Open, direct: Session, lock: Session, database_url: str, seen: Seen
) -> None:
    async with open_one(database_url) as db:
        error = await meanwhile(db, db.run(ADD), lambda: terminate(direct, waiting(direct)))
        assert isinstance(error, CommitUnknown)
        assert isinstance(error.__cause__, psycopg.errors.AdminShutdown)
        assert "add" in str(error)
        lock.execute("commit")
        assert await db.run(ADD) == 1
    assert seen.errors("add") == ["CommitUnknown", ""]
    assert calls.executions(direct) == 2
    assert counter(direct) == 1


async def test_a_write_that_may_run_twice_is_repeated_when_its_session_ends(
    open_one: Open, direct: Session, lock: Session, database_url: str, seen: Seen
) -> None:
    def terminate_twice() -> None:
        first = waiting(direct)
        terminate(direct, first)
        terminate(direct, waiting(direct, but=first))
        lock.execute("commit")

    async with open_one(database_url) as db:
        assert await meanwhile(db, db.run(SET), terminate_twice) == 1
    assert seen.errors("set") == ["57P01", "57P01", ""]
    assert calls.executions(direct) == 3


async def test_on_a_held_connection_nothing_is_repeated(
    open_one: Open, direct: Session, database_url: str, seen: Seen
) -> None:
    async with open_one(database_url) as db:
        async with db.connection() as held:
            terminate(direct, await held.run(PID))
            with pytest.raises(psycopg.OperationalError):
                await held.run(SET)
        assert await db.run(ADD) == 1
    assert len(seen.errors("set")) == 1


# --- In a transaction


async def test_a_transaction_whose_session_ends_is_undone_and_its_error_told(
    open_one: Open, direct: Session, database_url: str, seen: Seen
) -> None:
    async with open_one(database_url) as db:
        with pytest.raises(psycopg.errors.AdminShutdown):
            async with db.transaction() as tx:
                await tx.run(ADD)
                terminate(direct, await tx.run(PID))
                await tx.run(ADD)
        assert counter(direct) == 0
        assert await db.run(ADD) == 1
    assert seen.errors("add") == ["", "57P01", ""]


async def test_transact_begins_again_when_its_session_ends(
    open_one: Open, direct: Session, database_url: str, seen: Seen
) -> None:
    attempts = 0

    async def twice(tx: AsyncConnection) -> None:
        nonlocal attempts
        attempts += 1
        await tx.run(ADD)
        if attempts == 1:
            terminate(direct, await tx.run(PID))
        await tx.run(ADD)

    async with open_one(database_url) as db:
        await db.transact(twice)
    assert attempts == 2
    assert counter(direct) == 2
    assert seen.errors("add") == ["", "57P01", "", ""]


async def test_a_transaction_that_was_idle_for_too_long_is_begun_again_by_transact_alone(
    open_one: Open, direct: Session, database_url: str
) -> None:
    attempts = 0

    async def slow_at_first(tx: AsyncConnection) -> None:
        nonlocal attempts
        attempts += 1
        await tx.run(ADD)
        if attempts == 1:
            await_end(direct, await tx.run(PID))
        await tx.run(ADD)

    url = make_conninfo(database_url, options="-c idle_in_transaction_session_timeout=1s")
    async with open_one(url) as db:
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            async with db.transaction() as tx:
                await slow_at_first(tx)
        assert counter(direct) == 0
        attempts = 0
        await db.transact(slow_at_first)
    assert attempts == 2
    assert counter(direct) == 2


async def test_what_breaks_the_protocol_is_told_and_the_connection_replaced(
    open_one: Open, direct: Session, database_url: str, seen: Seen
) -> None:
    url = make_conninfo(database_url, sslmode="disable", gssencmode="disable")
    async with open_one(url) as db:
        async with db.connection() as held:
            pid, file = await held.run(PID), held.psycopg.fileno()
        with pytest.raises(psycopg.errors.ProtocolViolation):
            async with db.transaction() as tx:
                os.write(file, b"\\0no message of the protocol")
                await tx.run(ADD)
        assert await db.run(PID) != pid
    assert seen.errors("add") == ["08P01"]


async def test_a_statement_in_a_transaction_that_failed_is_refused(
    open_one: Open, direct: Session, database_url: str, seen: Seen
) -> None:
    async def hides_an_error(tx: AsyncConnection) -> None:
        with pytest.raises(psycopg.errors.RaiseException):
            await tx.run(sql("select refuse()", kind="exec"))
        await tx.run(ADD)

    async with open_one(database_url) as db:
        pid = await db.run(PID)
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            await db.transact(hides_an_error)
        assert await db.run(PID) == pid
    assert seen.errors("add") == ["25P02"]


# --- At COMMIT


async def in_transaction(db: AsyncDatabase) -> None:
    async with db.transaction() as tx:
        await tx.run(ADD)


async def in_transact(db: AsyncDatabase) -> None:
    async def add(tx: AsyncConnection) -> None:
        await tx.run(ADD)

    await db.transact(add)


async def in_batch(db: AsyncDatabase) -> None:
    await db.batch([ADD])


WAYS = [in_transaction, in_transact, in_batch]


@pytest.mark.parametrize("way", WAYS)
async def test_a_commit_whose_answer_is_lost_is_found_out_to_be_done(
    open_one: Open, direct: Session, proxy: Proxy, url: str, way: Callable[[AsyncDatabase], Any]
) -> None:
    async with open_one(url) as db:
        proxy.lose_answer_to = b"COMMIT"
        await way(db)
    assert proxy.cuts == 1
    assert counter(direct) == calls.executions(direct) == 1


@pytest.mark.parametrize("way", [in_transact, in_batch])
async def test_a_commit_that_is_lost_is_found_out_not_to_be_done_and_all_is_repeated(
    open_one: Open, direct: Session, proxy: Proxy, url: str, way: Callable[[AsyncDatabase], Any]
) -> None:
    async with open_one(url) as db:
        proxy.lose = b"COMMIT"
        await way(db)
    assert proxy.cuts == 1
    assert counter(direct) == 1
    assert calls.executions(direct) == 2


async def test_a_commit_that_is_lost_fails_the_block_that_it_ends(
    open_one: Open, direct: Session, proxy: Proxy, url: str
) -> None:
    async with open_one(url) as db:
        proxy.lose = b"COMMIT"
        with pytest.raises(psycopg.OperationalError):
            await in_transaction(db)
    assert counter(direct) == 0


@pytest.mark.parametrize("way", WAYS)
async def test_a_commit_is_unknown_while_the_server_can_not_be_asked(
    open_one: Open, direct: Session, proxy: Proxy, url: str, way: Callable[[AsyncDatabase], Any]
) -> None:
    async with open_one(url, seconds=2) as db:
        proxy.lose_answer_to = b"COMMIT"
        proxy.upstream = ("127.0.0.1", 9)
        with pytest.raises(CommitUnknown):
            await way(db)
    assert counter(direct) == calls.executions(direct) == 1


async def test_a_commit_is_known_once_the_server_can_be_asked_again(
    open_one: Open, direct: Session, proxy: Proxy, url: str
) -> None:
    def come_back() -> None:
        until(lambda: proxy.cuts)
        time.sleep(0.5)
        proxy.upstream = upstream

    upstream = proxy.upstream
    async with open_one(url) as db:
        proxy.lose_answer_to = b"COMMIT"
        proxy.upstream = ("127.0.0.1", 9)
        assert await meanwhile(db, in_transact(db), come_back) is None
    assert counter(direct) == calls.executions(direct) == 1


@pytest.mark.parametrize("way", [in_transact, in_batch])
async def test_a_transaction_that_the_server_goes_on_to_wait_for_is_ended_and_repeated(
    open_one: Open, direct: Session, proxy: Proxy, url: str, way: Callable[[AsyncDatabase], Any]
) -> None:
    """The network told the client of the loss, but not the server."""
    async with open_one(url) as db:
        proxy.abandons = True
        proxy.lose = b"COMMIT"
        await way(db)
    assert counter(direct) == 1
    assert calls.executions(direct) == 2


# --- A statement whose answer is lost


async def test_a_write_whose_answer_is_lost_stands_and_is_unknown(
    open_one: Open, direct: Session, proxy: Proxy, url: str
) -> None:
    async with open_one(url) as db:
        await db.run(ADD)
        proxy.lose_answer_to = b"sqlkit_"  # the name of the prepared statement
        with pytest.raises(CommitUnknown):
            await db.run(ADD)
    assert counter(direct) == calls.executions(direct) == 2


async def test_a_write_that_may_run_twice_is_repeated_when_its_answer_is_lost(
    open_one: Open, direct: Session, proxy: Proxy, url: str
) -> None:
    async with open_one(url) as db:
        await db.run(SET)
        proxy.lose_answer_to = b"sqlkit_"
        assert await db.run(SET) == 1
    assert calls.executions(direct) == 3


async def test_a_text_that_is_lost_while_it_is_prepared_is_sent_again(
    open_one: Open, direct: Session, proxy: Proxy, url: str
) -> None:
    async with open_one(url) as db:
        proxy.lose_answer_to = b"counted"
        assert await db.run(ADD) == 1
    assert counter(direct) == calls.executions(direct) == 1


async def test_a_copy_that_is_lost_is_never_repeated_with_what_is_left_of_its_rows(
    open_one: Open, direct: Session, proxy: Proxy, url: str
) -> None:
    def rows() -> Iterator[tuple[int]]:
        for number in range(100_000):
            if number == 50_000:
                proxy.break_links()
            yield (number,)

    copy = sql("copy done (call) from stdin", kind="copy", rows=rows())
    async with open_one(url) as db:
        # Whether the loss is seen before all has been handed to the network is chance.
        with pytest.raises((psycopg.OperationalError, CommitUnknown)):
            await db.run(copy)
    assert direct.execute("select count(*) from done").fetchone() == (0,)
