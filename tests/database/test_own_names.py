"""Statements that give what goes by a name at the moment: EXECUTE, FETCH; and what is unnamed.

The server doesn't hold their columns against those described; psycopg's C code would read past the
end of a list.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, cast

import pytest

from sqlkit import Database, UnreadableValue, sql

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sqlkit import AsyncDatabase
    from sqlkit.database.wire.connection import PgConnection

EXECUTE = sql("/* ours */ execute own", kind="many")
FETCH = sql("fetch all from own", kind="many")
WIDE = "select 'x'::text as a, 2 as b, null::int as c, true as d"


@pytest.fixture
async def held(make_both: Callable[..., AsyncDatabase], url: str) -> AsyncIterator[Any]:
    async with make_both(url, max_size=1) as database, database.connection() as connection:
        yield connection


async def script(held: Any, text: str) -> None:
    await held.run(sql(text, kind="script"))


async def _run(held: Any) -> Any:
    return await held.run(EXECUTE)


async def _batch(held: Any) -> Any:
    (rows,) = await held.batch([EXECUTE])
    return rows


@pytest.mark.parametrize("call", [_run, _batch])
async def test_execute_gives_what_the_name_stands_for_now(
    held: Any, call: Callable[..., Any]
) -> None:
    await script(held, "prepare own as select 1 as a")
    assert [await call(held), await call(held)] == [[1], [1]]
    await script(held, f"deallocate own; prepare own as {WIDE}")
    assert [await call(held), await call(held)] == [[("x", 2, None, True)]] * 2
    await script(held, "deallocate own; prepare own as select 1.5::float8 as z")
    assert [await call(held), await call(held)] == [[1.5], [1.5]]
    await script(held, "deallocate own; prepare own as select 1 as b, 2 as c")
    await call(held)
    await script(held, "deallocate own; prepare own as select 1 as c, 2 as b")
    assert [(row.b, row.c) for row in await call(held)] == [(2, 1)]


async def test_fetch_gives_the_rows_of_the_cursor_there_is(held: Any) -> None:
    for select, rows in (("select 1", [1]), (WIDE, [("x", 2, None, True)]), ("select 'y'", ["y"])):
        async with held.transaction() as tx:
            await script(tx, f"declare own cursor for {select}")
            assert await tx.run(FETCH) == rows


async def test_what_isn_t_prepared_is_sent_with_its_text_however_long_it_may_take(
    make_both: Callable[..., AsyncDatabase], url: str
) -> None:
    async with make_both(url, max_size=1, pooler="transaction", timeout=inf) as db:
        for _ in range(2):
            for n in (1, 2):
                assert await db.run(sql(f"select {n}", kind="one")) == n


def test_rows_with_other_columns_than_described_are_refused(url: str) -> None:
    with Database(url, max_size=1) as db, db.connection() as held:
        held.run(sql("select 1 as a"))
        conn = cast("PgConnection", held.psycopg)
        (bound,) = (bound for bound in conn.bindings.values() if bound.columns == ["a"])
        result = conn.execute(WIDE).pgresult
        assert result is not None
        with pytest.raises(UnreadableValue, match="its columns have changed"):
            bound.rows(result)
