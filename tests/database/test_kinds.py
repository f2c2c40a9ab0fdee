"""What running a statement gives, by its query's kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import NoRow, Query, Row, Statement, TooManyRows, WrongKind, sql
from sqlkit.statement import Condition, Kind, Line

if TYPE_CHECKING:
    from sqlkit import AsyncDatabase


class Pair(Row):
    a: int
    b: str | None


def compiled(text: str, kind: Kind | None, **options: Any) -> Statement[Any]:
    """A statement as a generated module makes it."""
    query: Query[Any] = Query(
        name="users.get", lines=(Line(text),), kind=kind, source="sql/users.sql:3", **options
    )
    return Statement(query)


NONE = "select 1 as a, 'x' as b where false"
ONE = "select 1 as a, 'x' as b"
TWO = "select n as a, 'x' as b from generate_series(1, 2) as n"


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        (ONE, "one", (1, "x")),
        (ONE, "maybe", (1, "x")),
        (NONE, "maybe", None),
        (NONE, "many", []),
        (TWO, "many", [(1, "x"), (2, "x")]),
        (TWO, None, [(1, "x"), (2, "x")]),
        (TWO, "exec", None),
        ("notify nobody", None, None),
        ("select 7", "one", 7),
        ("select null::int", "maybe", None),
        ("select n from generate_series(1, 3) as n", "many", [1, 2, 3]),
        ("select n from generate_series(1, 3) as n", "affected", 3),
        ("notify nobody", "affected", 0),
        ("", "exec", None),
    ],
)
async def test_a_kind_decides_what_is_given(
    both: AsyncDatabase, text: str, kind: Kind | None, expected: Any
) -> None:
    assert await both.run(compiled(text, kind)) == expected


@pytest.mark.parametrize("kind", ["one", "maybe", "many", None])
async def test_rows_are_of_the_query_s_row_class(both: AsyncDatabase, kind: Kind | None) -> None:
    given = await both.run(compiled(ONE, kind, row=Pair))
    assert (given if kind in ("one", "maybe") else given[0]) == Pair(1, "x")


async def test_rows_without_a_class_are_named_tuples(both: AsyncDatabase) -> None:
    row = await both.run(sql('select 1 as a, 2 as "class", 3 as "b c", 4 as a', kind="one"))
    assert row == (1, 2, 3, 4)
    assert row.a == 1


async def test_a_named_row_of_one_column_is_a_row(both: AsyncDatabase) -> None:
    assert (await both.run(compiled("select 7 as a", "one", named=True))).a == 7


async def test_no_row_where_there_must_be_one_names_the_query(both: AsyncDatabase) -> None:
    with pytest.raises(NoRow, match=r"^users\.get gave no row \(sql/users\.sql:3\)$"):
        await both.run(compiled(NONE, "one"))


@pytest.mark.parametrize("kind", ["one", "maybe"])
async def test_a_second_row_is_never_dropped(both: AsyncDatabase, kind: Kind) -> None:
    with pytest.raises(TooManyRows, match=r"^users\.get gave 2 rows, .*\(sql/users\.sql:3\)$"):
        await both.run(compiled(TWO, kind))


@pytest.mark.parametrize("kind", ["one", "maybe", "many"])
async def test_a_query_without_columns_does_not_run_as_one_that_gives_rows(
    both: AsyncDatabase, kind: Kind
) -> None:
    await both.run(sql("create table t (id int)", kind="exec"))
    with pytest.raises(WrongKind, match=r"^users\.get gives no rows"):
        await both.run(compiled("insert into t values (1)", kind))
    assert await both.run(sql("select count(*) from t", kind="one")) == 0


async def test_affected_counts_the_rows_that_changed(both: AsyncDatabase) -> None:
    insert = sql("create table t as select generate_series(1, 5) as id", kind="affected")
    assert await both.run(insert) == 5
    assert await both.run(sql("update t set id = id + 1 where id > 3", kind="affected")) == 2
    assert await both.run(sql("delete from t returning id", kind="affected")) == 5
    assert await both.run(sql("delete from t", kind="affected")) == 0


async def test_a_script_is_several_statements(both: AsyncDatabase) -> None:
    script = "create table t (id int); insert into t values (1), (2); -- and a remark ;"
    assert await both.run(sql(script, kind="script")) is None
    assert await both.run(sql("select id from t order by id")) == [1, 2]


async def test_a_script_that_fails_half_way_leaves_nothing(both: AsyncDatabase) -> None:
    script = "create table t (id int); insert into t values (1); select 1/0; insert into t select 2"
    with pytest.raises(psycopg.errors.DivisionByZero) as caught:
        await both.run(compiled(script, "script"))
    assert caught.value.__notes__ == ["in users.get, sql/users.sql:3"]
    assert await both.run(sql("select to_regclass('t')", kind="one")) is None


async def test_conditional_lines_choose_among_texts(both: AsyncDatabase) -> None:
    query: Query[list[int]] = Query(
        name="users.list",
        kind="many",
        lines=(
            Line("select n from generate_series(1, 4) as n where true\n"),
            Line("and n > ", 0, "\n", when=(0, True)),
            Line("and n % 2 = 0\n", when=(1, True)),
            Line("order by n\n", when=(2, "up")),
            Line("order by n desc\n", when=(2, "down")),
        ),
        parameters=("above", "even", "sort"),
        conditions=(
            Condition(0, given=True),
            Condition(1),
            Condition(2, words=("up", "down"), default="up"),
        ),
    )
    assert await both.run(Statement(query, (None, False, "down"))) == [4, 3, 2, 1]
    assert await both.run(Statement(query, (1, False, "up"))) == [2, 3, 4]
    assert await both.run(Statement(query, (2, True, "up"))) == [4]
    assert await both.run(Statement(query, (3, False, "up"))) == [4]


async def test_postgresql_s_errors_pass_and_name_the_query(both: AsyncDatabase) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable) as caught:
        await both.run(compiled("select * from nowhere", "many"))
    assert caught.value.sqlstate == "42P01"
    assert caught.value.__notes__ == ["in users.get, sql/users.sql:3"]


async def test_an_error_of_a_statement_written_in_place_names_it_too(both: AsyncDatabase) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero) as caught:
        await both.run(sql("select 1/:zero::int", zero=0))
    assert caught.value.__notes__ == ["in sql"]


async def test_void_is_none(both: AsyncDatabase) -> None:
    assert await both.run(sql("select pg_sleep(0)", kind="one")) is None
    assert await both.run(sql("select pg_sleep(0), 1 as a", kind="one")) == (None, 1)


async def test_an_array_of_arrays_of_parameters_can_be_used_twice(both: AsyncDatabase) -> None:
    assert await both.run(sql("select :a::int[] || :a::int[]", kind="one", a=[1, 2])) == [1, 2] * 2
