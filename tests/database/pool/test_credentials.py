"""A conninfo from a function, asked for each time a connection is opened."""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from sqlkit import AsyncDatabase, Database, sql
from tests.database.pool.conftest import ONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.pool.conftest import Records


async def test_each_new_connection_has_what_the_function_says_then(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    calls = 0

    def conninfo() -> str:
        nonlocal calls
        calls += 1
        return make_conninfo(database_url, application_name=f"number {calls}")

    name = sql("select current_setting('application_name')", kind="one")
    async with make_both(conninfo, max_lifetime=1.2) as database:
        assert await database.run(name) == "number 1"
        await asyncio.sleep(1.3)
        assert await database.run(name) == f"number {calls}" != "number 1"


async def test_a_coroutine_function_is_awaited(database_url: str) -> None:
    async def conninfo() -> str:
        await asyncio.sleep(0)
        return database_url

    async with AsyncDatabase(conninfo) as database:
        assert await database.run(ONE) == 1


def test_a_coroutine_function_is_refused_by_a_database_for_threads(database_url: str) -> None:
    async def conninfo() -> str:
        return database_url

    database: Database = Database(conninfo)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    with pytest.raises(TypeError, match="conninfo must be a plain function"):
        database.run(ONE)


async def test_what_the_function_raises_is_raised_by_the_call(
    make_both: Callable[..., AsyncDatabase],
) -> None:
    def conninfo() -> str:
        raise LookupError("no token")

    with pytest.raises(LookupError, match="no token"):
        await make_both(conninfo, policies=[]).run(ONE)


async def test_a_password_from_a_function_is_never_shown(
    make_both: Callable[..., AsyncDatabase], logged: Records
) -> None:
    def from_vault() -> str:
        return "postgresql://me:hunter2@127.0.0.1:1/shop"

    database = make_both(from_vault, policies=[])
    assert "hunter2" not in repr(database)
    with pytest.raises(psycopg.OperationalError) as caught:
        await database.run(ONE)
    shown = "".join(traceback.format_exception(caught.value)) + repr(database)
    assert "from_vault: host=127.0.0.1 port=1 dbname=shop user=me" in shown
    assert "hunter2" not in shown + repr(logged.all)


async def test_a_conninfo_from_a_function_that_can_t_be_read_says_whose_it_is(
    make_both: Callable[..., AsyncDatabase],
) -> None:
    def from_vault() -> str:
        return "host=x hunter2"

    with pytest.raises(psycopg.ProgrammingError, match="from_vault can't be read") as caught:
        await make_both(from_vault, policies=[]).run(ONE)
    assert "hunter2" not in str(caught.value)


async def test_read_only_holds_for_it_too(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    async with make_both(lambda: database_url, read_only=True) as database:
        assert await database.run(sql("show default_transaction_read_only", kind="one")) == "on"
