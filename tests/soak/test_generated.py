"""Thousands of generated rows and mixes of calls; what fails is made as small as can be."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sqlkit import AsyncDatabase, Database, sql
from tests.awaited import Awaited, at_once
from tests.database.fast import decoding, mixes
from tests.database.fast.every_type import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

EXAMPLES = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def conn(module_url: str) -> Iterator[psycopg.Connection[Any]]:
    with decoding.tables(module_url) as conn:
        yield conn


@pytest.fixture(scope="module")
def db(module_url: str) -> Iterator[AsyncDatabase]:
    with Database(module_url, max_size=1) as database:
        database.run(sql(f"drop table if exists mixed; {mixes.TABLE}", kind="script"))
        yield cast("AsyncDatabase", Awaited(database))


@pytest.mark.parametrize("group", GROUPS)
@given(data=st.data())
@EXAMPLES
def test_a_value_is_what_psycopg_says_and_what_was_sent(
    db: AsyncDatabase, conn: psycopg.Connection[Any], group: str, data: st.DataObject
) -> None:
    at_once(decoding.check(db, conn, group, data))


@given(steps=mixes.MIXES)
@EXAMPLES
def test_any_mix_of_calls_gives_what_each_asked_for(db: AsyncDatabase, steps: list[Any]) -> None:
    at_once(mixes.check(db, steps))


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def runner(request: pytest.FixtureRequest) -> Iterator[asyncio.Runner]:
    factory = asyncio.new_event_loop
    if request.param == "uvloop":
        factory = pytest.importorskip("uvloop").new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        yield runner


@pytest.fixture(scope="module")
def tasks(module_url: str, runner: asyncio.Runner) -> Iterator[AsyncDatabase]:
    async def begin() -> None:
        await database.open()
        await database.run(sql(f"drop table if exists mixed; {mixes.TABLE}", kind="script"))

    database = AsyncDatabase(module_url, max_size=1)
    runner.run(begin())
    yield database
    runner.run(database.close())


@given(steps=mixes.MIXES)
@EXAMPLES
def test_any_mix_of_awaited_calls_gives_what_each_asked_for(
    runner: asyncio.Runner, tasks: AsyncDatabase, steps: list[Any]
) -> None:
    runner.run(mixes.check(tasks, steps))
