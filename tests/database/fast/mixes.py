"""Mixes of calls that succeed and fail, on one connection, and what each of them has to give.

A mix is a list of steps; a step is the name of one below with a number, or a transaction with a mix
of its own inside. ``stored`` is what the table must hold by then.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
import pytest
from hypothesis import strategies as st

from sqlkit import (
    NoRow,
    OutsideTransaction,
    RolledBack,
    TooManyRows,
    UnreadableValue,
    WrongArgument,
    sql,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit import AsyncConnection, AsyncDatabase

Stored: TypeAlias = list[int]
TABLE = "create table mixed (n int, label text default 'a')"
INSERT = "insert into mixed (n) values (:n) returning n"
ECHO = "select :n::int as n, :t::text as t"
ALL = sql("select * from mixed order by n")
BY_SERVER = (psycopg.errors.DivisionByZero, psycopg.errors.InvalidTextRepresentation)


class Undone(Exception):
    """Leaves a transaction, so that it is rolled back."""


@dataclass
class InTransaction:
    """Steps in a transaction, or a savepoint; ``undone``: left by an exception."""

    steps: list[Any] = field(default_factory=list[Any])
    undone: bool = False


async def echo(c: AsyncConnection, n: int, stored: Stored) -> None:
    assert await c.run(sql(ECHO, kind="one", n=n, t=f"t{n}")) == (n, f"t{n}")


async def insert(c: AsyncConnection, n: int, stored: Stored) -> None:
    assert await c.run(sql(INSERT, kind="one", n=n)) == n
    stored.append(n)


async def look(c: AsyncConnection, n: int, stored: Stored) -> None:
    assert [row[0] for row in await c.run(ALL)] == sorted(stored)


async def batch(c: AsyncConnection, n: int, stored: Stored) -> None:
    echoed = sql(ECHO, kind="one", n=n, t="é")
    answers = await c.batch([echoed, sql(INSERT, kind="one", n=n), ALL])
    assert answers[:2] == [(n, "é"), n]
    stored.append(n)


async def stream(c: AsyncConnection, n: int, stored: Stored) -> None:
    async with c.stream(sql("select :n::int + g from generate_series(1, 1500) as g", n=n)) as rows:
        assert await anext(aiter(rows)) == n + 1


async def copy(c: AsyncConnection, n: int, stored: Stored) -> None:
    text = "select g from generate_series(1, 3) as g"
    assert await c.run(sql(text, kind="copy")) == [1, 2, 3]


async def no_row(c: AsyncConnection, n: int, stored: Stored) -> None:
    with pytest.raises(NoRow):
        await c.run(sql("select :n::int where false", kind="one", n=n))


async def too_many(c: AsyncConnection, n: int, stored: Stored) -> None:
    with pytest.raises(TooManyRows):
        await c.run(sql("select generate_series(1, 2) + :n::int", kind="maybe", n=n))


async def too_many_written(c: AsyncConnection, n: int, stored: Stored) -> None:
    with pytest.raises(TooManyRows):
        text = "insert into mixed (n) values (:n), (:n) returning n"
        await c.run(sql(text, kind="one", n=n))
    stored += [n, n]


async def wrong_argument(c: AsyncConnection, n: int, stored: Stored) -> None:
    for wrong in ("x", 2**40, 1.5):
        with pytest.raises(WrongArgument):
            await c.run(sql(ECHO, kind="one", n=wrong, t="t"))


async def unreadable(c: AsyncConnection, n: int, stored: Stored) -> None:
    text = "select :n::int as n, case when g = 2 then 'infinity'::date end as d"
    with pytest.raises(UnreadableValue, match="column d, row 2"):
        await c.run(sql(f"{text} from generate_series(1, 3) as g", n=n))


async def unreadable_stream(c: AsyncConnection, n: int, stored: Stored) -> None:
    text = "select case when g = 2 then 'infinity'::date end as d from generate_series(1, 3) as g"
    with pytest.raises(UnreadableValue, match="column d, row 2"):
        async with c.stream(sql(text)) as rows:
            [row async for row in rows]


async def bad_batch(c: AsyncConnection, n: int, stored: Stored) -> None:
    """Rolled back as a whole, to its savepoint where there is a transaction."""
    written = sql(INSERT, kind="one", n=n)
    with pytest.raises(psycopg.errors.DivisionByZero):
        await c.batch([written, sql("select 1 / (:n::int - :n)", kind="one", n=n), written])
    with pytest.raises(NoRow):
        await c.batch([written, sql("select 1 where false", kind="one")])


FINE: dict[str, Callable[..., Any]] = {
    step.__name__: step
    for step in (
        *(echo, insert, look, batch, stream, copy, no_row, too_many, too_many_written),
        *(wrong_argument, unreadable, unreadable_stream, bad_batch),
    )
}
ALTERED = "alter table mixed add extra date; alter table mixed drop label"
RESTORED = "alter table mixed drop extra; alter table mixed add label text"


async def break_(c: AsyncConnection, n: int) -> None:
    """An error of the server, which aborts a transaction."""
    wrong = (
        sql("select 1 / (:n::int - :n)", kind="one", n=n),
        sql("select 1 / (3 - g) from generate_series(1, 5) as g"),
        sql("select :t::text::int", kind="one", t=f"t{n}"),
    )
    with pytest.raises(BY_SERVER):
        await c.run(wrong[n % 3])


async def play(db: AsyncDatabase, c: AsyncConnection, steps: list[Any], stored: Stored) -> bool:
    """Do the steps on ``c``; False if an error has aborted its transaction."""
    for step in steps:
        if isinstance(step, InTransaction):
            await _transaction(db, c, step, stored)
            continue
        name, n = step
        if name == "break":
            await break_(c, n)
            if c is not db:
                return False
        elif name == "outside":
            if c is db:
                await db.run(sql(f"{ALTERED}; {RESTORED}", kind="script"))
                await look(db, n, stored)  # a transaction would have to be made again
            else:
                with pytest.raises(OutsideTransaction):
                    await db.run(ALL)
        else:
            await FINE[name](c, n, stored)
    return True


async def _transaction(
    db: AsyncDatabase, c: AsyncConnection, step: InTransaction, stored: Stored
) -> None:
    before = list(stored)
    is_whole = True
    with suppress(Undone, RolledBack):
        async with c.transaction() as tx:
            is_whole = await play(db, tx, step.steps, stored)
            if not is_whole:
                with pytest.raises(psycopg.errors.InFailedSqlTransaction):
                    await tx.run(sql("select 1", kind="one"))
            if step.undone:
                raise Undone
        assert is_whole, "RolledBack was due"
        return
    assert step.undone or not is_whole
    stored[:] = before


_NAMES = [*FINE, "break", "outside"]
_STEP = st.tuples(st.sampled_from(_NAMES), st.integers(0, 1000))
MIXES: st.SearchStrategy[list[Any]] = st.lists(
    st.recursive(
        _STEP,
        lambda inner: st.builds(InTransaction, st.lists(inner | _STEP, max_size=5), st.booleans()),
        max_leaves=8,
    ),
    min_size=2,
    max_size=8,
)


async def check(db: AsyncDatabase, steps: list[Any]) -> None:
    """A mix on a database of one connection, and then a look at what there must be."""
    await db.run(sql("delete from mixed", kind="exec"))
    stored: Stored = []
    await play(db, db, steps, stored)
    await look(db, 0, stored)
    await echo(db, 7, stored)
    assert db.pool_statistics()["in_use"] == 0
