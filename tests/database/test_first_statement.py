"""A transaction begins with its first statement, in one round trip, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import RolledBack, sql
from sqlkit.database import begin
from tests.database.one_table import COUNT, INSERT
from tests.database.one_table import one as one
from tests.database.sleepers import statement

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlkit import AsyncConnection, AsyncDatabase

LEVEL = sql("select current_setting('transaction_isolation')", kind="one")
WRONG = sql("select 1 / (select count(*) from t where n = 7)", kind="one")


async def by_run(tx: AsyncConnection) -> None:
    await tx.run(INSERT)


async def by_a_limited_run(tx: AsyncConnection) -> None:
    await tx.run(statement("insert into t values (1)", timeout=5, kind="exec"))


async def by_script(tx: AsyncConnection) -> None:
    await tx.run(sql("insert into t values (1); insert into t values (2)", kind="script"))


async def by_batch(tx: AsyncConnection) -> None:
    await tx.batch([INSERT, INSERT])


async def by_copy(tx: AsyncConnection) -> None:
    await tx.run(sql("copy t (n) from stdin", kind="copy", rows=[(1,)]))


async def by_stream(tx: AsyncConnection) -> None:
    async with tx.stream(sql("insert into t values (1) returning n")) as rows:
        assert [row async for row in rows] == [1]


async def by_savepoint(tx: AsyncConnection) -> None:
    async with tx.transaction() as inner:
        await inner.run(INSERT)


WAYS = [by_run, by_a_limited_run, by_script, by_batch, by_copy, by_stream, by_savepoint]


# A statement that is prepared goes another way than one that isn't.
@pytest.mark.parametrize("prepared", [False, True])
@pytest.mark.parametrize("way", WAYS)
async def test_whatever_comes_first_is_part_of_it(
    one: AsyncDatabase, way: Callable[[AsyncConnection], Awaitable[None]], prepared: bool
) -> None:
    if prepared:
        async with one.transaction() as tx:
            await way(tx)
        await one.run(sql("delete from t", kind="exec"))
    with pytest.raises(LookupError):
        async with one.transaction() as tx:
            await way(tx)
            raise LookupError
    assert await one.run(COUNT) == 0
    async with one.transaction() as tx:
        await way(tx)
    assert await one.run(COUNT) > 0


async def test_its_options_hold_for_the_first_statement(one: AsyncDatabase) -> None:
    assert await one.run(LEVEL) == "read committed"
    async with one.transaction(isolation="serializable") as tx:
        assert await tx.run(LEVEL) == "serializable"
    await one.run(INSERT)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        async with one.transaction(read_only=True) as tx:
            await tx.run(INSERT)
    assert await one.run(COUNT) == 1


@pytest.mark.parametrize("prepared", [False, True])
async def test_if_the_first_statement_fails_it_is_aborted(
    one: AsyncDatabase, prepared: bool
) -> None:
    if prepared:
        with pytest.raises(psycopg.errors.DivisionByZero):
            await one.run(WRONG)
    with pytest.raises(RolledBack):
        async with one.transaction() as tx:
            with pytest.raises(psycopg.errors.DivisionByZero):
                await tx.run(WRONG)
            with pytest.raises(psycopg.errors.InFailedSqlTransaction):
                await tx.run(INSERT)
    assert await one.run(COUNT) == 0


async def test_a_text_that_is_wrong_aborts_it_too(one: AsyncDatabase) -> None:
    with pytest.raises(RolledBack):
        async with one.transaction() as tx:
            with pytest.raises(psycopg.errors.UndefinedTable):
                await tx.run(sql("select * from nothing"))
    assert await one.run(COUNT) == 0


@pytest.mark.parametrize("prepared", [False, True])
async def test_where_begin_fails_nothing_is_done_outside_of_it(
    one: AsyncDatabase, monkeypatch: pytest.MonkeyPatch, prepared: bool
) -> None:
    if prepared:
        await one.run(INSERT)

    def refused(*_: object) -> bytes:
        """As a standby refuses some of BEGIN's options."""
        return b"BEGIN NEVER"

    monkeypatch.setattr(begin, "begin", refused)
    with pytest.raises(RolledBack):
        async with one.transaction() as tx:
            for _ in range(2):
                with pytest.raises(psycopg.errors.SyntaxError):
                    await tx.run(INSERT)
    assert await one.run(COUNT) == prepared


async def test_an_empty_one_says_nothing_to_the_server(
    one: AsyncDatabase, database_url: str
) -> None:
    pid = await one.run(sql("select pg_backend_pid()", kind="one"))
    async with one.transaction():
        pass
    said = await last_said(database_url, pid)
    assert "pg_backend_pid" in said
    with pytest.raises(LookupError):
        async with one.transaction():
            raise LookupError
    assert await last_said(database_url, pid) == said


async def test_what_is_lost_with_the_first_statement_was_not_done(one: AsyncDatabase) -> None:
    end = sql("select pg_terminate_backend(pg_backend_pid())", kind="exec")
    with pytest.raises(psycopg.OperationalError):
        async with one.transaction() as tx:
            await tx.run(end)
    done: list[Any] = []

    async def work(tx: AsyncConnection) -> int:
        done.append(None)
        if len(done) == 1:
            await tx.run(end)
        await tx.run(INSERT)
        return int(await tx.run(COUNT))

    assert await one.transact(work) == 1
    assert len(done) == 2


async def last_said(url: str, pid: int) -> str:
    """The last statement of a session."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        cursor = await conn.execute("select query from pg_stat_activity where pid = %s", (pid,))
        (query,) = await cursor.fetchone() or ("",)
        return str(query)
