"""Rows one after the other, in constant memory."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import Query, Row, Statement, WrongKind, sql
from sqlkit.statement import Kind, Line

if TYPE_CHECKING:
    from sqlkit import AsyncConnection, AsyncDatabase


def numbers(count: int, kind: Kind = "many") -> Statement[list[int]]:
    return sql(f"select n from generate_series(1, {count}) as n", kind=kind)


ALL: Statement[list[int]] = sql("select n from t order by n")
COUNT = sql("select count(*) from t", kind="one")
WRITES = """
    insert into t select n from generate_series(1, 5000) as n returning n"""


@pytest.fixture
async def table(both: AsyncDatabase) -> AsyncDatabase:
    await both.run(sql("create table t (n int primary key)", kind="exec"))
    return both


async def read(db: AsyncConnection, statement: Statement[list[Any]]) -> list[Any]:
    async with db.stream(statement) as rows:
        return [row async for row in rows]


async def read_one(db: AsyncConnection, statement: Statement[list[Any]]) -> Any:
    async with db.stream(statement) as rows:
        return await anext(rows)


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2500])
@pytest.mark.parametrize("kind", ["many", "copy"])
async def test_every_row_comes_once_and_in_order(
    both: AsyncDatabase, count: int, kind: Kind
) -> None:
    expected = list(range(1, count + 1))
    assert await read(both, numbers(count, kind)) == expected
    async with both.transaction() as tx:
        assert await read(tx, numbers(count, kind)) == expected


async def test_rows_are_of_the_query_s_row_class(both: AsyncDatabase) -> None:
    class Pair(Row):
        a: int
        b: str

    query: Query[Any] = Query(name="x", lines=(Line("select 1, 'x'"),), row=Pair)
    assert await read(both, Statement(query)) == [Pair(1, "x")]


async def test_arguments_are_sent(both: AsyncDatabase) -> None:
    text = "select n from unnest(:numbers::int[]) as n where n > :above"
    assert await read(both, sql(text, numbers=[1, 2, 3], above=1)) == [2, 3]


@pytest.mark.parametrize(("kind", "count"), [("many", 1_000_000), ("copy", 100_000)])
async def test_a_million_rows_take_no_memory(both: AsyncDatabase, kind: Kind, count: int) -> None:
    total = 0
    async with both.stream(numbers(count, kind)) as rows:
        tracemalloc.start()
        try:
            async for row in rows:
                total += row
                if row == 20_000:  # measuring is slow, and what grows has grown
                    break
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        async for row in rows:
            total += row
    assert total == count * (count + 1) // 2
    assert peak < 2_000_000


@pytest.mark.parametrize("statement", [numbers(50_000), numbers(50_000, "copy"), sql(WRITES)])
async def test_a_stream_may_be_left_early(
    table: AsyncDatabase, statement: Statement[list[int]]
) -> None:
    async with table.stream(statement) as rows:
        async for row in rows:
            if row == 3:
                break
    assert await table.run(sql("select 1", kind="one")) == 1
    async with table.transaction() as tx:
        await tx.run(sql("truncate t", kind="exec"))
        assert await read_one(tx, statement) == 1
        assert await tx.run(sql("select 1", kind="one")) == 1


@pytest.mark.parametrize("statement", [numbers(50_000), numbers(50_000, "copy"), sql(WRITES)])
async def test_an_exception_leaves_the_block_as_it_is(
    table: AsyncDatabase, statement: Statement[list[int]]
) -> None:
    with pytest.raises(LookupError):
        async with table.stream(statement) as rows:
            async for row in rows:
                raise LookupError(row)
    assert await table.run(COUNT) == 0
    async with table.transaction() as tx:
        with pytest.raises(LookupError):
            async with tx.stream(numbers(50_000)) as rows:
                async for row in rows:
                    raise LookupError(row)
        assert await tx.run(sql("select 1", kind="one")) == 1
        assert await tx.run(sql("select name from pg_cursors where name <> ''")) == []


@pytest.mark.parametrize(
    "text",
    [
        WRITES,
        "with w as (insert into t select generate_series(1, 5000) returning n) select n from w",
    ],
)
async def test_a_statement_that_writes_is_run_to_its_end(table: AsyncDatabase, text: str) -> None:
    assert await read_one(table, sql(text)) == 1
    assert await table.run(COUNT) == 5000
    async with table.transaction() as tx:
        await tx.run(sql("delete from t", kind="exec"))
        assert await read(tx, sql(text)) == list(range(1, 5001))
        assert await tx.run(COUNT) == 5000


async def test_arguments_of_a_statement_that_writes_are_sent(table: AsyncDatabase) -> None:
    text = (
        "insert into t select n from unnest(:numbers::int[]) as n returning n, 'a'::tsvector as t"
    )
    assert await read(table, sql(text, numbers=[1, 2])) == [(1, "'a'"), (2, "'a'")]


async def test_other_statements_run_between_the_rows(table: AsyncDatabase) -> None:
    async with table.transaction() as tx:
        async with tx.stream(numbers(1500)) as rows:
            async for row in rows:
                await tx.run(sql("insert into t values (:n)", kind="exec", n=row))
        assert await tx.run(COUNT) == 1500


async def test_several_streams_run_at_once(both: AsyncDatabase) -> None:
    async with (
        both.transaction() as tx,
        tx.stream(numbers(1100)) as outer,
        tx.stream(numbers(3)) as inner,
    ):
        assert [row async for row in inner] == [1, 2, 3]
        async with tx.transaction() as savepoint, savepoint.stream(numbers(2)) as innermost:
            assert [row async for row in innermost] == [1, 2]
        assert len([row async for row in outer]) == 1100
    async with both.stream(numbers(1100)) as first, both.stream(numbers(1100)) as second:
        assert len([row async for row in second]) == 1100
        assert len([row async for row in first]) == 1100


async def test_a_statement_inside_a_stream_that_keeps_the_connection_is_refused(
    table: AsyncDatabase,
) -> None:
    async with table.transaction() as tx:
        async with tx.stream(numbers(5000, "copy")) as rows:
            with pytest.raises(psycopg.OperationalError, match="another command is already"):
                await tx.run(COUNT)
            assert len([row async for row in rows]) == 5000
        assert await tx.run(COUNT) == 0


@pytest.mark.parametrize("kind", ["many", "copy"])
async def test_an_error_in_the_middle_of_the_rows_names_the_query(
    both: AsyncDatabase, kind: Kind
) -> None:
    text = "select 1 / (5000 - n) as x from generate_series(1, 6000) as n"
    query: Query[Any] = Query(
        name="things.list", kind=kind, lines=(Line(text),), source="sql/things.sql:7"
    )
    read_rows = 0
    with pytest.raises(psycopg.errors.DivisionByZero) as caught:
        async with both.stream(Statement(query)) as rows:
            async for _ in rows:
                read_rows += 1
    assert caught.value.__notes__ == ["in things.list, sql/things.sql:7"]
    assert read_rows >= 3999
    assert await both.run(sql("select 1", kind="one")) == 1


async def test_an_error_in_the_middle_of_writing_names_the_query_and_undoes_it(
    table: AsyncDatabase,
) -> None:
    text = "insert into t select n from generate_series(1, 6000) as n returning 1 / (5000 - n)"
    with pytest.raises(psycopg.errors.DivisionByZero) as caught:
        await read(table, sql(text))
    assert caught.value.__notes__ == ["in sql"]
    assert await table.run(COUNT) == 0


@pytest.mark.parametrize("kind", ["one", "maybe", "affected", "exec", "script"])
async def test_only_many_rows_can_be_streamed(both: AsyncDatabase, kind: Kind) -> None:
    with pytest.raises(WrongKind, match="sql can't be streamed: its kind is not :many"):
        await read(both, sql("select 1", kind=kind))


async def test_what_is_no_query_for_a_cursor_is_streamed_too(both: AsyncDatabase) -> None:
    assert await read(both, sql("show work_mem")) == ["4MB"]
    assert (await read(both, sql("explain select 1")))[0].startswith("Result")
    assert await read(both, sql("values (1), (2);  -- with a remark")) == [1, 2]


async def test_rows_after_the_end_of_the_stream_are_refused(both: AsyncDatabase) -> None:
    async with both.stream(numbers(5000)) as rows:
        pass
    with pytest.raises(Exception, match="has been given back"):
        [row async for row in rows]
