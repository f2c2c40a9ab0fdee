"""COPY in and out."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import AsyncDatabase, Database, Query, Statement, WrongArgument, WrongKind, sql
from sqlkit.statement import Line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

COUNT = sql("select count(*) from t", kind="one")


def copy_in(rows: Any, columns: str = "id, name") -> Statement[int]:
    """A copy in, as a generated module makes it."""
    query: Query[int] = Query(
        name="things.import",
        kind="copy",
        lines=(Line(f"copy t ({columns}) from stdin"),),
        parameters=("rows",),
        copy_in=f"select {columns} from t",
        source="sql/things.sql:9",
    )
    return Statement(query, (rows,))


@pytest.fixture
async def table(both: AsyncDatabase) -> AsyncDatabase:
    await both.run(sql("create table t (id int primary key, name text)", kind="exec"))
    return both


def pairs(count: int) -> Iterator[tuple[int, str]]:
    return ((n, f"name {n}") for n in range(count))


async def test_rows_of_any_iterable_are_stored_and_counted(table: AsyncDatabase) -> None:
    assert await table.run(copy_in(pairs(3000))) == 3000
    assert await table.run(copy_in([[-1, None], (-2, "b")])) == 2
    assert await table.run(COUNT) == 3002
    assert await table.run(sql("select name from t where id < 0 order by id")) == ["b", None]


async def test_an_array_may_be_any_sequence(both: AsyncDatabase) -> None:
    await both.run(sql("create table lists (a int[], b text[])", kind="exec"))
    copy = sql(
        "copy lists (a, b) from stdin", kind="copy", rows=[((1, 2), ["x"]), (range(3), None)]
    )
    assert await both.run(copy) == 2
    assert await both.run(sql("select a, b from lists")) == [([1, 2], ["x"]), ([0, 1, 2], None)]


async def test_no_rows_are_none(table: AsyncDatabase) -> None:
    assert await table.run(copy_in([])) == 0
    assert await table.run(sql("select id, name from t", kind="copy")) == []


async def test_rows_may_come_asynchronously(database_url: str) -> None:
    async def rows() -> AsyncIterator[tuple[int, str]]:
        for row in pairs(2000):
            yield row

    async with AsyncDatabase(database_url) as db:
        await db.run(sql("create table t (id int, name text)", kind="exec"))
        assert await db.run(copy_in(rows())) == 2000


def test_a_million_rows_take_no_memory(database_url: str) -> None:
    peaks: list[int] = []

    def rows() -> Iterator[tuple[int, str]]:
        for n, row in enumerate(pairs(1_000_000)):
            if n == 100_000:
                tracemalloc.start()
            if n == 120_000:
                peaks.append(tracemalloc.get_traced_memory()[1])
                tracemalloc.stop()
            yield row

    with Database(database_url) as db:
        db.run(sql("create unlogged table t (id int, name text)", kind="exec"))
        assert db.run(copy_in(rows())) == 1_000_000
        with db.stream(sql("select id, name from t", kind="copy")) as copied:
            assert sum(1 for _ in copied) == 1_000_000
    assert peaks[0] < 2_000_000


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ((1, 2), "name must be str, not int"),
        (("1", "a"), "id must be an int that fits integer .*, not str"),
        ((2**31, "a"), "id is out of range"),
        ((1,), "must have 2 values, not 1"),
        ((1, "a", 3), "must have 2 values, not 3"),
        ("ab", "must be a tuple, not str"),
        (None, "must be a tuple, not NoneType"),
        ((1, "a\0"), "name must not contain NUL"),
        ((1, "\ud800"), "name can't be sent as str: it is no Unicode text"),
    ],
)
async def test_a_wrong_row_is_named_by_its_number_and_column(
    table: AsyncDatabase, row: Any, what: str
) -> None:
    with pytest.raises(WrongArgument, match=rf"^things\.import: row 3: {what}"):
        await table.run(copy_in([(1, "a"), (2, "b"), row]))
    assert await table.run(COUNT) == 0


async def test_a_wrong_row_is_named_also_behind_one_with_a_tuple_for_its_array(
    both: AsyncDatabase,
) -> None:
    await both.run(sql("create table tagged (tags text[], name text)", kind="exec"))
    copy = sql("copy tagged (tags, name) from stdin", kind="copy", rows=[])
    rows = [(("a", None), "fine"), (["b"], "\ud800")]
    with pytest.raises(WrongArgument, match="row 2: name can't be sent as str: it is no Unicode"):
        await both.run(Statement(copy.query, (rows,)))


@pytest.mark.parametrize("rows", [5, None])
async def test_what_is_no_iterable_is_refused(table: AsyncDatabase, rows: Any) -> None:
    with pytest.raises(WrongArgument, match=r"^things\.import: rows must be an iterable of rows"):
        await table.run(copy_in(rows))
    assert await table.run(COUNT) == 0


async def test_a_row_that_breaks_a_constraint_is_the_server_s_error(table: AsyncDatabase) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation, match="line 2") as caught:
        await table.run(copy_in([(1, "a"), (1, "b")]))
    assert caught.value.__notes__ == ["in things.import, sql/things.sql:9"]
    assert await table.run(copy_in([(1, "a")])) == 1


async def test_an_exception_of_the_rows_iterator_stores_nothing(table: AsyncDatabase) -> None:
    def rows() -> Iterator[tuple[int, str]]:
        yield from pairs(20_000)
        raise LookupError("in the iterator")

    with pytest.raises(LookupError, match="in the iterator"):
        await table.run(copy_in(rows()))
    assert await table.run(COUNT) == 0


async def test_a_copy_is_part_of_its_transaction(table: AsyncDatabase) -> None:
    with pytest.raises(LookupError):
        async with table.transaction() as tx:
            assert await tx.run(copy_in(pairs(10))) == 10
            assert len(await tx.run(sql("select id, name from t", kind="copy"))) == 10
            raise LookupError
    assert await table.run(COUNT) == 0


async def test_a_wrong_row_in_a_savepoint_leaves_the_transaction(table: AsyncDatabase) -> None:
    async with table.transaction() as tx:
        await tx.run(copy_in([(1, "a")]))
        with pytest.raises(WrongArgument):
            async with tx.transaction() as savepoint:
                await savepoint.run(copy_in([(2, "b"), (3,)]))
        assert await tx.run(COUNT) == 1
    assert await table.run(COUNT) == 1


async def test_rows_can_be_read_from_the_database_while_they_are_copied(
    table: AsyncDatabase,
) -> None:
    await table.run(copy_in(pairs(10)))
    await table.run(sql("create table u (like t)", kind="exec"))
    rows = await table.run(sql("select id, name from t", kind="copy"))
    query: Query[int] = Query(
        name="u",
        kind="copy",
        lines=(Line("copy u (id, name) from stdin"),),
        copy_in="select id, name from u",
        parameters=("rows",),
    )
    assert await table.run(Statement(query, (rows,))) == 10


MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
ROW = {
    "id": 1,
    "name": "tab\t, newline\n, \\N, \\., quote\" and 'é😀",
    "words": "'a' 'b'",
    "extra": {"a": [1, None, "\t"]},
    "tags": ["x\ty", None, "\\"],
    "at": MOMENT,
    "amount": Decimal("1.50"),
    "data": b"\x00\xff\\",
    "fine": True,
    "mood": "sad",
    "size": (1, "a\tb"),
    "nothing": None,
}


@pytest.mark.parametrize("without", ["", "words"])
async def test_every_kind_of_value_is_copied_in_and_out(both: AsyncDatabase, without: str) -> None:
    """With a tsvector, which has no binary form here, the copy is in text; without it in binary."""
    await both.run(
        sql(
            """
            create type mood as enum ('sad');
            create type size as (width int, label text);
            create table t (
                id int, name text, words tsvector, extra jsonb, tags text[], at timestamptz,
                amount numeric, data bytea, fine bool, mood mood, size size, nothing int
            )
            """,
            kind="script",
        )
    )
    columns = ", ".join(name for name in ROW if name != without)
    row = tuple(value for name, value in ROW.items() if name != without)
    assert await both.run(copy_in([row, row], columns)) == 2
    out = sql(f"select {columns} from t", kind="copy")
    assert await both.run(out) == [row, row]
    assert await both.run(sql(f"select {columns} from t")) == [row, row]


async def test_domains_and_arrays_of_them_are_copied(both: AsyncDatabase) -> None:
    script = """
        create domain positive as int check (value > 0);
        create domain label as text;
        create table t (id positive, name label, all_ids positive[], names label[])"""
    await both.run(sql(script, kind="script"))
    row = (1, "a", [1, None], ["b"])
    columns = "id, name, all_ids, names"
    assert await both.run(copy_in([row], columns)) == 1
    assert await both.run(sql(f"select {columns} from t", kind="copy")) == [row]
    with pytest.raises(psycopg.errors.CheckViolation):
        await both.run(copy_in([(-1, "a", [], [])], columns))


async def test_a_copy_out_can_be_left_early_again_and_again(table: AsyncDatabase) -> None:
    await table.run(copy_in(pairs(20_000)))
    for _ in range(5):
        async with table.stream(sql("select id, name from t", kind="copy")) as rows:
            async for row in rows:
                assert row.name.startswith("name ")
                break
    assert await table.run(COUNT) == 20_000


async def test_a_copy_in_is_not_streamed_nor_batched(table: AsyncDatabase) -> None:
    with pytest.raises(WrongKind):
        async with table.stream(copy_in([])):  # type: ignore[arg-type] # the mistake
            pass
    with pytest.raises(WrongKind, match=r"things\.import can't be in a batch: it is a :copy"):
        await table.batch([copy_in([])])


async def test_the_rows_of_another_class_are_refused(table: AsyncDatabase) -> None:
    rows: Iterable[Any] = [{"id": 1, "name": "a"}]
    with pytest.raises(WrongArgument, match="row 1: must be a tuple, not dict"):
        await table.run(copy_in(rows))


async def test_a_large_row_is_copied(table: AsyncDatabase) -> None:
    large = "x" * 3_000_000
    assert await table.run(copy_in([(1, large), (2, "small")])) == 2
    assert await table.run(sql("select id, name from t", kind="copy")) == [(1, large), (2, "small")]
