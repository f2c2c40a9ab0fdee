"""Statements that would leave the next call in another transaction, or session."""

from __future__ import annotations

import pytest

from sqlkit import AsyncDatabase, WrongKind, sql
from tests.database.one_table import COUNT, INSERT
from tests.database.one_table import one as one

PID = sql("select pg_backend_pid()", kind="one")


async def test_begin_by_hand_is_an_error_and_undone(one: AsyncDatabase) -> None:
    with pytest.raises(WrongKind, match="began a transaction"):
        await one.run(sql("begin", kind="exec"))
    await one.run(INSERT)
    assert await one.run(COUNT) == 1


@pytest.mark.parametrize("end", ["commit", "rollback"])
async def test_the_end_of_a_transaction_by_hand_is_an_error(one: AsyncDatabase, end: str) -> None:
    with pytest.raises(WrongKind, match="ended the transaction"):
        async with one.transaction() as tx:
            await tx.run(INSERT)
            await tx.run(sql(end, kind="exec"))
            await tx.run(INSERT)
    assert await one.run(COUNT) == (end == "commit")


@pytest.mark.parametrize(
    "text", ["set role pg_monitor", "SET search_path = pg_catalog", "listen x"]
)
async def test_a_session_changed_by_a_call_is_an_error_and_nobody_else_s(
    one: AsyncDatabase, text: str
) -> None:
    pid = await one.run(PID)
    with pytest.raises(WrongKind, match="changes a session"):
        await one.run(sql(text, kind="exec"))
    assert await one.run(COUNT) == 0
    assert await one.run(PID) != pid


async def test_one_changed_in_a_transaction_is_nobody_else_s_either(one: AsyncDatabase) -> None:
    pid = await one.run(PID)
    async with one.transaction() as tx:
        await tx.run(sql("set search_path = pg_catalog", kind="exec"))
    assert await one.run(COUNT) == 0
    assert await one.run(PID) != pid


async def test_set_local_is_what_a_transaction_is_for(one: AsyncDatabase) -> None:
    pid = await one.run(PID)
    async with one.transaction() as tx:
        await tx.run(sql("set local search_path = pg_catalog", kind="exec"))
        await tx.run(sql("set transaction read only", kind="exec"))
    assert await one.run(PID) == pid


async def test_a_held_connection_may_run_inside_its_own_transaction(one: AsyncDatabase) -> None:
    async with one.connection() as held, held.transaction():
        await held.run(INSERT)
        assert await held.run(COUNT) == 1
        with pytest.raises(WrongKind, match="ended the transaction"):
            await held.run(sql("commit", kind="exec"))


async def test_a_held_connection_may_be_changed_and_is_reset(one: AsyncDatabase) -> None:
    async with one.connection() as held:
        await held.run(sql("set search_path = pg_catalog", kind="exec"))
        assert await held.run(sql("show search_path", kind="one")) == "pg_catalog"
    assert await one.run(COUNT) == 0
