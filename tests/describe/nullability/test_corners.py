"""Where a constraint is less than it seems, and where a tree is deeper than most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from sqlkit.describe import Description

    Describe = Callable[[psycopg.Connection[Any], list[str]], list[Description]]
    Marks = Callable[[Description], list[str]]

# What is made, a query, and its marks.
CORNERS = [
    pytest.param(
        "create foreign data wrapper w; create server s foreign data wrapper w;"
        "create foreign table far (id int not null) server s",
        "select id from far", "?", id="a foreign table's NOT NULL is a claim",
    ),
    pytest.param(
        "create table p (id int not null) partition by range (id);"
        "create foreign data wrapper w; create server s foreign data wrapper w;"
        "create foreign table p1 partition of p for values from (1) to (9) server s",
        "select id from p", "?", id="and so is that of a partition that is one",
    ),
    pytest.param(
        "create table t (a int[]);"
        "alter table t add check (array_position(a, null) is null) not valid",
        "select a from t", "?[?]", id="a CHECK that is not valid says nothing of older rows",
    ),
    pytest.param(
        "create table t (a int[], b int, check (array_position(a, null) is null or b > 1))",
        "select a from t", "?[?]", id="nor does half of one",
    ),
    pytest.param(
        "create function mine(int) returns int strict immutable language sql as 'select null::int'",
        "select mine(1), (select count(*))", "? !", id="a function of one's own may give NULL",
    ),
    pytest.param(
        "create function lower(int) returns text language sql as 'select null::text'",
        "select public.lower(1)", "?", id="also if it is called like PostgreSQL's",
    ),
    pytest.param(
        "create table t (a int not null, b int);"
        "create rule r as on insert to t do instead select null::int as a",
        "select a from t", "?", id="a table with rules",
    ),
    pytest.param(
        "create type one as (a int)",
        "select x from unnest(array[row(null)::one]) as x", "?", id="a row of one field",
    ),
    pytest.param(
        "create table t (a int not null); create table u (b int)",
        "select a from u left join t on true where exists (select where a > 1)", "?",
        id="what a subquery's condition needs is not looked at",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("made", "query", "marks"), CORNERS)
def test_nothing_is_concluded_from_less(
    made: str,
    query: str,
    marks: str,
    tables: psycopg.Connection[Any],
    describe_all: Describe,
    marks_of: Marks,
) -> None:
    with tables.transaction(force_rollback=True):
        tables.execute(made.encode())
        [said] = describe_all(tables, [query])
        assert " ".join(marks_of(said)) == marks


@pytest.mark.parametrize(
    "query",
    [
        "select email" + " || 'x'" * 1000 + " from users",
        "select " + "coalesce(full_name, " * 300 + "''" + ")" * 300 + " from users",
        "select u0.id from users u0"
        + "".join(f" left join users u{n} on u{n}.id = u{n - 1}.id" for n in range(1, 60)),
        "select id from " + "(select id from " * 200 + "users" + ") s" * 200,
        "select id from users where " + "not " * 500 + "id > 0",
    ],
    ids=["concatenation", "coalesce", "joins", "subqueries", "not"],
)  # fmt: skip
def test_depth_overflows_nothing(
    query: str, tables: psycopg.Connection[Any], describe_all: Describe, marks_of: Marks
) -> None:
    [said] = describe_all(tables, [query])
    assert marks_of(said) == ["!"]
