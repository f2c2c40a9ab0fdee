"""The ``with`` block of a transaction, however it is entered and left."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack, ExitStack
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import AsyncDatabase, CommitUnknown, Database, DeadlineExceeded, deadline
from sqlkit.database import driver
from tests.database.one_table import COUNT, CREATE, INSERT
from tests.database.one_table import one as one
from tests.database.sleepers import statement

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_block_is_entered_once(database_url: str) -> None:
    with Database(database_url) as db:
        block = db.transaction()
        with block, pytest.raises(RuntimeError, match="entered once"), block:
            pass
        with pytest.raises(RuntimeError, match="entered once"), block:
            pass
        assert db.pool_statistics()["in_use"] == 0


async def test_so_is_one_of_tasks(database_url: str) -> None:
    async with AsyncDatabase(database_url) as db:
        block = db.transaction()
        async with block:
            pass
        with pytest.raises(RuntimeError, match="entered once"):
            async with block:
                pass
        assert db.pool_statistics()["in_use"] == 0


def test_another_thread_may_end_it(database_url: str) -> None:
    with Database(database_url, max_size=1) as db:
        db.run(CREATE)
        stack = ExitStack()
        stack.enter_context(db.transaction()).run(INSERT)
        thread = threading.Thread(target=stack.close)
        thread.start()
        thread.join()
        assert db.run(COUNT) == 1
        assert db.pool_statistics()["in_use"] == 0


async def test_another_task_may_end_it(database_url: str) -> None:
    async with AsyncDatabase(database_url, max_size=1) as db:
        await db.run(CREATE)
        stack = AsyncExitStack()
        await (await stack.enter_async_context(db.transaction())).run(INSERT)
        await asyncio.create_task(stack.aclose())
        assert await db.run(COUNT) == 1
        assert db.pool_statistics()["in_use"] == 0


async def test_its_connection_goes_back_to_the_pool_it_is_of(one: AsyncDatabase) -> None:
    async with one.transaction() as tx:
        await tx.run(INSERT)
        await one.close()
        await one.open()
    assert await one.run(COUNT) == 1
    statistics = one.pool_statistics()
    assert (statistics["size"], statistics["available"], statistics["in_use"]) == (1, 1, 0)


async def test_what_never_began_begins_for_nobody_else(one: AsyncDatabase) -> None:
    database: Any = getattr(one, "connection_", one)
    conn = database._pool.at_hand()  # as Ctrl-C may leave it
    conn.pending = b"BEGIN"
    database._pool.give(conn)
    await one.run(INSERT)
    assert await one.run(COUNT) == 1


async def test_nothing_is_sent_when_the_deadline_has_passed(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    async with make_both(database_url, policies=[]) as db:
        await db.run(CREATE)
        limited = statement("insert into t values (1)", 5, "exec")
        for _ in range(2):
            await db.run(INSERT)
            await db.run(limited)
        for insert in (INSERT, limited):
            with deadline(0), pytest.raises(DeadlineExceeded):
                await db.run(insert)
        assert await db.run(COUNT) == 4


@pytest.mark.parametrize("limit", [None, 5])
async def test_the_server_s_last_words_are_told(one: AsyncDatabase, limit: float | None) -> None:
    end = statement("select pg_terminate_backend(pg_backend_pid())", limit)
    for _ in range(3):
        with pytest.raises(CommitUnknown) as caught:
            await one.run(end)
        assert isinstance(caught.value.__cause__, psycopg.errors.AdminShutdown)


def test_a_connection_that_libpq_has_given_up_ends_the_wait(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What libpq does after bytes that are no protocol: it gives no results, and no error."""

    class GivenUp:
        def is_busy(self) -> bool:
            return False

        def get_result(self) -> None: ...

    take = vars(driver)["_take"]

    def take_nothing(_pgconn: Any, answers: Any) -> Any:
        return take(GivenUp(), answers)

    limited = statement("select 1", 5)
    with Database(database_url, max_size=1) as db:
        assert [db.run(limited), db.run(limited)] == [1, 1]
        monkeypatch.setattr(driver, "_take", take_nothing)
        with pytest.raises(CommitUnknown) as caught:
            db.run(limited)
        assert "no answer" in str(caught.value.__cause__)
