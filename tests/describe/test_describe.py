from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sqlkit.describe import Description, describe
from sqlkit.errors import DescribeError, SourceError
from sqlkit.sqlfile import read

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    Ask = Callable[[str], Description]

# A statement, and for each column whether it can be NULL as far as is known.
NULLABILITY = [
    ("select id, email, full_name from users", "no no yes"),
    ("select u.id from users u where id = any(array[1])", "no"),
    ("select u.id, p.id from users u, posts p", "no no"),
    ("select u.id, p.id from users u join posts p on true", "no no"),
    ("select u.id, p.id from users u left join posts p on p.user_id = u.id", "no yes"),
    ("select u.id, p.id from users u right join posts p on p.user_id = u.id", "yes no"),
    ("select u.id, p.id from users u full join posts p on p.user_id = u.id", "yes yes"),
    ("select a.id, b.id, c.id from users a left join (users b join users c on true) on true",
     "no yes yes"),
    ("select id from users union select id from users", "no"),
    ("select id from (select id from users) s", "no"),
    ("with s as (select id from users) select id from s", "no"),
    ("select id from sad_users", "no"),
    ("select id from parents", "yes"),
    ("select id from only parents", "no"),
    ("select id from parts", "no"),
    ("select id, count(*), count(full_name) from users group by id", "no no no"),
    ("select id, count(*) from users group by rollup (id)", "yes no"),
    ("select max(id), sum(id) from users", "yes yes"),
    ("select (select id from users limit 1), exists (select from users)", "yes no"),
    ("select 1, 'a', null, null::int, 'x'::varchar, now(), current_date, current_schema",
     "no no yes yes no no no yes"),
    ("select full_name is null, id is distinct from 1, row_number() over () from users",
     "no no no"),
    ("select coalesce(full_name, email), coalesce(full_name, null) from users", "no yes"),
    ("select array[full_name], array_agg(id) from users group by full_name", "no no"),
    ("select users, (users).id, ctid, users.tableoid from users", "no no no no"),
    ("select work, tags[1] from users", "yes yes"),
    ("insert into users (email) values ('a@b') returning id, full_name", "no yes"),
    ("insert into posts select 1, 2, 'b', null returning id, score", "no yes"),
    ("update users u set full_name = 'x' from posts p where p.user_id = u.id returning u.id, p.id",
     "no no"),
    ("update users u set full_name = '' from posts p left join posts q on true"
     " returning u.id, q.id", "no yes"),
    ("delete from users using posts where true returning users.id, full_name", "no yes"),
    ("insert into sad_users (full_name) values ('x') returning id", "no"),
    ("insert into ruled values (1) returning id", "yes"),
    ("values (1, null), (2, 3)", "no yes"),
    ("show work_mem", "yes"),
    ("call go(true)", "yes"),
    ("explain select 1", "yes"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "nullable"), NULLABILITY, ids=[s for s, _ in NULLABILITY])
def test_a_column_is_not_null_only_where_that_is_certain(
    statement: str, nullable: str, ask: Ask
) -> None:
    said = ["yes" if column.nullable else "no" for column in ask(statement).columns]
    assert " ".join(said) == nullable


def test_the_elements_of_an_array_written_out_are_known(ask: Ask) -> None:
    said = ask("select array[id, id] as a, array[full_name] as b, tags as c from users")
    assert [column.null_elements for column in said.columns] == [False, True, True]


# A statement, and the names of the parameters that may be None.
PARAMETERS = [
    ("insert into users (email, full_name) values (:email, :full_name)", "full_name"),
    ("insert into users (email, full_name) values (:a, :b), (:c, :d::varchar)", "b d"),
    ("insert into posts (id, user_id, body, score) select :id, :u, :body, :score", "score"),
    ("update users set full_name = :name where id = :id", "name"),
    ("update users set full_name = :name where full_name = :name", ""),
    ("update users set full_name = upper(:name)", ""),
    ("insert into posts values (:id, :u, :b, :s) on conflict (id) do update set score = :s", "s"),
    ("with x as (update users set full_name = :n returning id) select id from x", "n"),
    ("insert into users (email, work) values (:email, :work)", ""),
    ("select :a::int", ""),
]


@pytest.mark.parametrize(("statement", "nullable"), PARAMETERS, ids=[s for s, _ in PARAMETERS])
def test_a_parameter_may_be_none_if_it_is_only_stored_where_null_may_be(
    statement: str, nullable: str, ask: Ask
) -> None:
    assert " ".join(param.name for param in ask(statement).params if param.nullable) == nullable


def test_the_header_may_say_that_a_parameter_may_be_none(ask: Ask) -> None:
    said = ask("-- name: q\n-- @param a?\nselect :a::int as x, :b::int as y;\n")
    assert [param.nullable for param in said.params] == [True, False]


# A statement, then what it reads and writes, and its volatility.
EFFECTS = [
    ("select 1", "", "", "immutable"),
    ("select id::text, next_one(1) from generate_series(1, 3) id", "", "", "immutable"),
    ("select now()", "", "", "stable"),
    ("select now()::text", "", "", "stable"),
    ("select current_date", "", "", "stable"),
    ("select random()", "", "", "volatile"),
    ("select twice(1)", "", "", "volatile"),
    ("select id from users", "public.users", "", "stable"),
    ("select id from users for update", "public.users", "", "volatile"),
    ("select 1 where exists (select from posts)", "public.posts", "", "stable"),
    ("select id from sadder_users", "public.sad_users public.sadder_users public.users", "",
     "stable"),
    ("delete from users", "", "public.users", "volatile"),
    ("insert into users (email) values ('a')", "", "public.users", "volatile"),
    ("insert into posts (id) select id from users", "public.users", "public.posts", "volatile"),
    ("with x as (delete from users returning id) select id from x", "public.users",
     "public.users", "volatile"),
    ("update sad_users set full_name = 'x'", "", "public.sad_users public.users", "volatile"),
    ("show work_mem", "", "", "volatile"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "reads", "writes", "volatility"), EFFECTS, ids=[row[0] for row in EFFECTS]
)
def test_effects_are_the_tables_and_the_worst_volatility(
    statement: str, reads: str, writes: str, volatility: str, ask: Ask
) -> None:
    said = ask(statement)
    assert (" ".join(said.reads), " ".join(said.writes)) == (reads, writes)
    assert said.volatility == volatility


# A statement, the columns it reads and writes, and whether it locks rows.
COLUMNS = [
    ("select id from users where full_name = 'x'", "users.full_name users.id", "", False),
    ("select count(*) from users", "", "", False),
    ("select u from only posts as u", "posts.body posts.id posts.score posts.user_id", "", False),
    ("select id from sad_users", "sad_users.id users.full_name users.id users.mood", "", False),
    ("select id from users for share", "users.id", "", True),
    ("insert into users (email) values ('a')", "", "users.email", False),
    ("insert into posts (id) values (1) on conflict (id) do update set score = 1", "posts.id",
     "posts.id posts.score", True),
    ("update users set full_name = email", "users.email", "users.full_name", True),
    ("delete from users where id = 1", "users.id", "", True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "reads", "writes", "locks"), COLUMNS, ids=[row[0] for row in COLUMNS]
)
def test_effects_are_told_by_column_too(
    statement: str, reads: str, writes: str, locks: bool, ask: Ask
) -> None:
    said = ask(statement)
    assert [f"public.{name}" for name in reads.split()] == list(said.reads_columns)
    assert [f"public.{name}" for name in writes.split()] == list(said.writes_columns)
    assert said.locks is locks


SINGLE = [
    ("insert into users (email) values ('a') returning id", True),
    ("insert into users (email) values ('a'), ('b') returning id", False),
    ("update users set full_name = 'x' where id = :id and true returning id", True),
    ("update users set full_name = 'x' where email = :email returning id", True),
    ("update users set full_name = 'x' where full_name = :name returning id", False),
    ("delete from users where id > :id returning id", False),
    ("delete from posts where posts.id = posts.user_id returning id", False),
    ("select id from users where id = 1", False),
]


@pytest.mark.parametrize(("statement", "single"), SINGLE, ids=[s for s, _ in SINGLE])
def test_a_write_that_gives_at_most_one_row_is_known(
    statement: str, single: bool, ask: Ask
) -> None:
    assert ask(statement).single is single


def test_a_description_is_the_json_of_the_design(ask: Ask) -> None:
    text = "-- name: get_user :maybe\nselect id, full_name from users where id = :id;\n"
    sql = "select id, full_name from users where id = $1;"
    assert ask(text).as_json() == {
        "name": "x.get_user",
        "file": "sql/x.sql",
        "line": 1,
        "kind": "maybe",
        "sql": sql,
        "params": [{"name": "id", "type": "bigint", "python": "int", "nullable": False}],
        "columns": [
            {"name": "id", "type": "bigint", "python": "int", "nullable": False},
            {"name": "full_name", "type": "text", "python": "str", "nullable": True},
        ],
        "reads": ["public.users"],
        "writes": [],
        "volatility": "stable",
        "locks": False,
        "reads_columns": ["public.users.full_name", "public.users.id"],
        "writes_columns": [],
        "variants": [{"when": "", "sql": sql, "params": ["id"]}],
    }


@pytest.mark.parametrize(
    ("statement", "kind"),
    [("select 1 as a", "many"), ("delete from users", "exec"),
     ("delete from users returning id", "many"),
     ("show work_mem", "many"), ("listen x", "exec")],
)  # fmt: skip
def test_without_a_kind_columns_decide(statement: str, kind: str, ask: Ask) -> None:
    assert ask(statement).kind == kind


def test_columns_are_told_as_the_server_names_them(ask: Ask) -> None:
    said = ask("select 1, 2, id, id from users")
    assert [column.name for column in said.columns] == ["?column?", "?column?", "id", "id"]


def test_every_combination_of_lines_is_a_variant(ask: Ask) -> None:
    said = ask(
        "-- name: q :many\nselect id from users where id > :low\n"
        "  and id < :high --? high\n  and full_name is null --? nameless\n"
        "order by id --? sort = up\norder by id desc --? sort = down\n;\n"
    )
    assert len(said.variants) == 8
    assert said.variants[0].when == "high, nameless, sort = up"
    assert {variant.params for variant in said.variants} == {("low", "high"), ("low",)}
    assert [(param.name, param.nullable) for param in said.params] == [
        ("low", False),
        ("high", True),
    ]


def test_a_copy_out_is_described_as_a_select(ask: Ask) -> None:
    said = ask("-- name: q :copy\nselect id, full_name from users;\n")
    assert [(column.name, column.nullable) for column in said.columns] == [
        ("id", False),
        ("full_name", True),
    ]
    assert (said.reads, said.writes) == (("public.users",), ())


def test_a_copy_in_is_described_by_its_columns(ask: Ask) -> None:
    said = ask("-- name: q :copy\ncopy posts (id, score) from stdin;\n")
    assert [(column.name, column.nullable) for column in said.columns] == [
        ("id", False),
        ("score", True),
    ]
    assert (said.reads, said.writes) == ((), ("public.posts",))


def test_a_script_is_not_described(ask: Ask) -> None:
    said = ask("-- name: q :script\nselect wrong from nowhere; and so on;\n")
    assert (said.kind, said.columns, said.volatility) == ("script", (), "volatile")


def test_an_override_decides_what_a_column_may_be(ask: Ask) -> None:
    said = ask("-- name: q\n-- @column a!\n-- @column b?\nselect max(1) as a, 1 as b;\n")
    assert [column.nullable for column in said.columns] == [False, True]


def test_one_bad_query_does_not_hide_the_others(
    ask_all: Callable[[str], list[Description | SourceError]],
) -> None:
    answers = ask_all(
        "-- name: a\nselect 1 as x;\n-- name: b\nselect nope;\n-- name: c\nselect 2 as y;\n"
        "-- name: d\nselect from where;\n-- name: e\nselect 3 as z;\n"
    )
    kinds = [type(answer) for answer in answers]
    assert kinds == [Description, DescribeError, Description, DescribeError, Description]


@pytest.mark.parametrize("autocommit", [True, False])
def test_describing_changes_nothing(autocommit: bool, connection: psycopg.Connection[Any]) -> None:
    functions = "select count(*) from pg_proc"
    before = connection.execute(functions).fetchone()
    connection.autocommit = autocommit
    queries = read("-- name: q\ndelete from users returning id;\n").queries
    [said] = describe(connection, queries)
    connection.rollback()
    connection.autocommit = True
    assert isinstance(said, Description)
    assert connection.execute(functions).fetchone() == before


def test_a_connection_that_only_reads_is_enough(connection: psycopg.Connection[Any]) -> None:
    connection.execute("set default_transaction_read_only = on")
    try:
        [said] = describe(connection, read("-- name: q\nselect id from users;\n").queries)
    finally:
        connection.execute("set default_transaction_read_only = off")
    assert isinstance(said, Description)
    assert said.analysed


def test_more_parameters_than_a_function_can_have_are_still_typed(ask: Ask) -> None:
    names = ", ".join(f":p{number}::int as c{number}" for number in range(101))
    said = ask(f"select {names}")
    assert len(said.params) == 101
    assert not said.analysed


def test_a_constraint_that_is_not_validated_proves_nothing(
    connection: psycopg.Connection[Any], ask: Ask
) -> None:
    if connection.info.server_version < 180000:
        pytest.skip("PostgreSQL 18 brought NOT NULL constraints that are not validated")
    with connection.transaction(force_rollback=True):
        connection.execute("create table late (a int)")
        connection.execute("alter table late add constraint a_set not null a not valid")
        assert [column.nullable for column in ask("select a from late").columns] == [True]


def test_returning_the_row_as_it_was_may_be_null(
    connection: psycopg.Connection[Any], ask: Ask
) -> None:
    if connection.info.server_version < 180000:
        pytest.skip("PostgreSQL 18 brought RETURNING old and new")
    said = ask("insert into users (email) values ('a') returning old.id, new.id, id")
    assert [column.nullable for column in said.columns] == [True, False, False]
