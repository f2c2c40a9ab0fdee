"""Many statements in one transaction, pipelined."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import NoRow, Statement, WrongArgument, WrongKind, sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit import AsyncDatabase

COUNT = sql("select count(*) from t", kind="one")


def insert(n: Any) -> Statement[Any]:
    return sql("insert into t values (:n) returning n", kind="one", n=n)


@pytest.fixture
async def table(both: AsyncDatabase) -> AsyncDatabase:
    await both.run(sql("create table t (n int primary key)", kind="exec"))
    return both


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 1000])
async def test_every_answer_comes_in_order(table: AsyncDatabase, count: int) -> None:
    assert await table.batch(insert(n) for n in range(count)) == list(range(count))
    assert await table.run(COUNT) == count


async def test_statements_of_several_queries_may_be_mixed(table: AsyncDatabase) -> None:
    statements = [
        insert(1),
        sql("select n from t"),
        sql("select n from t where n = :n", kind="maybe", n=2),
        sql("update t set n = n + 1", kind="affected"),
        sql("select n from t", kind="exec"),
        insert(1),
    ]
    assert await table.batch(statements) == [1, [1], None, 1, None, 1]


async def test_a_batch_is_logged_with_its_queries_unless_it_can_be_read_only_once(
    table: AsyncDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "sqlkit")
    await table.batch([insert(1), insert(2)])
    await table.batch(insert(n) for n in (3, 4))
    told = [record.getMessage() for record in caplog.records if "batch" in record.getMessage()]
    assert [text.partition(" done")[0] for text in told] == ["batch of 2 sql", "batch"]


@pytest.mark.parametrize("position", [0, 150, 250])
async def test_an_error_rolls_all_of_it_back(table: AsyncDatabase, position: int) -> None:
    numbers = list(range(300))
    numbers[position] = 299 if position else 1
    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        await table.batch(insert(n) for n in numbers)
    assert caught.value.__notes__ == ["in sql"]
    assert await table.run(COUNT) == 0
    assert await table.batch([insert(1)]) == [1]


async def test_no_row_rolls_all_of_it_back(table: AsyncDatabase) -> None:
    missing = sql("select n from t where n = 7", kind="one")
    with pytest.raises(NoRow):
        await table.batch([insert(1), missing, insert(2)])
    assert await table.run(COUNT) == 0


async def test_a_wrong_argument_rolls_all_of_it_back(table: AsyncDatabase) -> None:
    with pytest.raises(WrongArgument, match=r"^sql: n must be an int"):
        await table.batch([*map(insert, range(250)), insert("x")])
    assert await table.run(COUNT) == 0


async def test_an_exception_of_the_generator_rolls_all_of_it_back(table: AsyncDatabase) -> None:
    def statements() -> Iterator[Statement[Any]]:
        yield from map(insert, range(250))
        raise LookupError("in the generator")

    with pytest.raises(LookupError, match="in the generator"):
        await table.batch(statements())
    assert await table.run(COUNT) == 0


@pytest.mark.parametrize("kind", ["copy", "script"])
async def test_a_copy_or_script_is_refused(table: AsyncDatabase, kind: Any) -> None:
    with pytest.raises(WrongKind, match=f"^sql can't be in a batch: it is a :{kind}"):
        await table.batch([insert(1), sql("select 1", kind=kind)])
    assert await table.run(COUNT) == 0


@pytest.mark.parametrize("end", ["commit", "rollback", "prepare transaction 'a'"])
async def test_what_would_end_its_transaction_is_refused(table: AsyncDatabase, end: str) -> None:
    async with table.transaction() as tx:
        await tx.run(insert(0))
        with pytest.raises(WrongKind, match="sql: it would end the transaction that the batch is"):
            await tx.batch([insert(1), sql(end, kind="exec"), insert(2)])
    with pytest.raises(WrongKind):
        await table.batch([insert(1), sql(end, kind="exec"), insert(2)])
    assert await table.run(COUNT) == 1


async def test_a_part_of_it_may_be_undone_by_hand(table: AsyncDatabase) -> None:
    texts = ("savepoint a", "insert into t values (1)", "rollback to a")
    await table.batch([insert(0), *(sql(text, kind="exec") for text in texts)])
    assert await table.run(COUNT) == 1


async def test_a_text_that_is_wrong_names_its_query(table: AsyncDatabase) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable) as caught:
        await table.batch([insert(1), sql("select * from nowhere")])
    assert caught.value.__notes__ == ["in sql"]
    assert await table.run(COUNT) == 0


async def test_a_batch_in_a_transaction_is_a_savepoint(table: AsyncDatabase) -> None:
    async with table.transaction() as tx:
        await tx.run(insert(1))
        with pytest.raises(psycopg.errors.UniqueViolation):
            await tx.batch([insert(2), insert(1)])
        assert await tx.batch([insert(3), insert(4)]) == [3, 4]
        assert await tx.run(COUNT) == 3
    assert await table.run(COUNT) == 3


async def test_a_batch_reads_while_it_sends(table: AsyncDatabase) -> None:
    """Answers larger than the sockets' buffers would block a client that only sends."""
    echo = "select repeat(:text, 1000)"
    answers = await table.batch(sql(echo, kind="one", text=f"{n:0100}") for n in range(400))
    assert [len(answer) for answer in answers] == [100_000] * 400
