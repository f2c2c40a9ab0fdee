"""Reads as `sqlkit compile` makes them: the server has said that they change nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cache
from typing import Any

from sqlkit import AsyncDatabase, Statement, sql
from sqlkit.statement import Effects, Kind, Query


def piped(url: str, **options: Any) -> AsyncDatabase:
    """A database with lanes."""
    return AsyncDatabase(url, pipeline=True, **options)


def read(text: str, /, kind: Kind = "one", **params: Any) -> Statement[Any]:
    """A statement whose query is known to read only."""
    return Statement(known(text, kind, **dict.fromkeys(params)), tuple(params.values()))


@cache
def known(text: str, kind: Kind, /, **params: Any) -> Query[Any]:
    """The query of such statements: one and the same for the same text."""
    query = sql(text, kind, **params).query
    assert query.parameters == tuple(params)
    return replace(query, effects=Effects(volatility="stable"))


def row(n: int) -> Statement[Any]:
    """The row with this number."""
    return read("select n, name from t where n = :n", n=n)


def failing(n: int) -> Statement[Any]:
    """An error, if ``n`` is 0."""
    return read("select 1 / :n::int", n=n)


def slow(seconds: float) -> Statement[Any]:
    """What takes so long."""
    return read("select slow(:seconds)", seconds=seconds)


PID = read("select pg_backend_pid()")
SLEEPERS = sql(
    "select count(*) from pg_stat_activity where query like '%slow(%' and state = 'active'"
    " and pid <> pg_backend_pid() and datname = current_database()",
    kind="one",
)


def lanes(db: AsyncDatabase) -> set[int]:
    """The server's processes behind the lanes."""
    pipeline = db._pipeline  # pyright: ignore[reportPrivateUsage]
    assert pipeline is not None
    return {lane.conn.backend for lane in pipeline.lanes.all}


async def answering(db: AsyncDatabase) -> set[int]:
    """Those of them that answer at this moment."""
    return set(await asyncio.gather(*(db.run(PID) for _ in range(40)))) & lanes(db)


async def warm(db: AsyncDatabase, *statements: Statement[Any]) -> None:
    """Run statements until the lanes know them."""
    for statement in (PID, *statements):
        for _ in range(4):
            await asyncio.gather(*(db.run(statement) for _ in range(20)))
            await asyncio.sleep(0.02)
    await lanes_answer(db)


async def lanes_answer(db: AsyncDatabase) -> None:
    """Wait for lanes that answer; on a loaded machine any text may have to rest for seconds."""
    for _ in range(1500):
        if await answering(db):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("there is no lane")


async def on_a_lane(db: AsyncDatabase, statement: Statement[Any]) -> Any:
    """What a statement gives once a lane answers; the last of it is whose answer it is."""
    for _ in range(1500):
        found: Any = await db.run(statement)
        if (found if isinstance(found, int) else found[-1]) in lanes(db):
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("it is never answered by a lane")
