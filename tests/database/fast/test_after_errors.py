"""After any error, the next call on the same connection gives what it asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given

from sqlkit import AsyncDatabase, Database, sql
from tests.awaited import Awaited, at_once
from tests.database.fast import mixes
from tests.database.fast.examples import examples

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def db(module_url: str) -> Iterator[AsyncDatabase]:
    with Database(module_url, max_size=1) as database:
        database.run(sql(f"drop table if exists mixed; {mixes.TABLE}", kind="script"))
        yield cast("AsyncDatabase", Awaited(database))


@given(steps=mixes.MIXES)
@examples(25)
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
@examples(25)
def test_any_mix_of_awaited_calls_gives_what_each_asked_for(
    runner: asyncio.Runner, tasks: AsyncDatabase, steps: list[Any]
) -> None:
    runner.run(mixes.check(tasks, steps))
