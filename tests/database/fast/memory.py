"""How much more memory a process has after many calls, or many rows, than after few."""

from __future__ import annotations

import gc
import tracemalloc
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import psutil
import psycopg

from sqlkit import WrongArgument, sql
from tests.database.fast.own_rows import row, rows

if TYPE_CHECKING:
    from sqlkit import AsyncDatabase


class Growth(NamedTuple):
    """In bytes: of the whole process, and of Python's objects over the last part of it."""

    resident: int
    traced: int


def resident() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)


def traced() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


async def calls(db: AsyncDatabase, first: int, last: int) -> None:
    """Mostly single calls; now and then each of the others, and errors."""
    for n in range(first, last):
        assert await db.run(row(n)) == (n, f"text {n}")
        if n % 100 == 0:
            await _others(db, n)


async def _others(db: AsyncDatabase, n: int) -> None:
    assert await db.batch([row(n), rows(n)]) == [(n, f"text {n}"), list(range(n, n + 5))]
    async with db.transaction() as tx:
        await tx.run(row(n))
    async with db.stream(rows(n)) as found:
        assert [value async for value in found] == list(range(n, n + 5))
    with suppress(psycopg.errors.DivisionByZero):
        await db.run(sql("select 1 / :n::int", n=0))
    with suppress(WrongArgument):
        await db.run(sql("select :n::int", n=f"no number {n}"))


async def over_calls(db: AsyncDatabase, count: int, kept: int) -> Growth:
    """The growth over so many calls, the last ``kept`` of which are traced."""
    warm = count // 4
    await calls(db, 0, warm)
    before = resident()
    await calls(db, warm, count - kept)
    growth = resident() - before
    tracemalloc.start()
    try:
        await calls(db, count - kept, count - kept // 2)
        first = traced()
        await calls(db, count - kept // 2, count)
        return Growth(growth, traced() - first)
    finally:
        tracemalloc.stop()


STREAMS = {
    "cursor": ("many", "select n, n::text as t from generate_series(1, {0}) as n"),
    "copy": ("copy", "select n, n::text as t from generate_series(1, {0}) as n"),
    "written": (
        "many",
        "insert into kept (t) select n from generate_series(1, {0}) as n returning t, t::text",
    ),
}


async def over_rows(db: AsyncDatabase, way: str, count: int) -> Growth:
    """The growth of the process while rows are streamed, and the most that Python held at once."""
    kind, text = STREAMS[way]
    before = peak = seen = 0
    async with db.stream(sql(text.format(count), "copy" if kind == "copy" else "many")) as found:
        async for value in found:
            seen += 1
            if seen == count // 10:
                before = resident()
            elif seen == count // 2:
                tracemalloc.start()
            elif seen == count // 2 + 5_000:
                peak = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
            assert value == (seen, str(seen))
        assert seen == count
        return Growth(resident() - before, peak)
