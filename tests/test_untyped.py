"""Statements without compiling: `sqlkit.sql` and `sqlkit.load`."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

import sqlkit
from sqlkit import NoRow, ProjectError, SqlFileError, WrongArgument, sql

if TYPE_CHECKING:
    from sqlkit import Database

USERS = """\
-- Who uses it.

-- name: get_user :one
-- The user with this id.
-- @timeout 250ms
select :id::int as id, 'ada' as name;

-- name: get_id :one
-- @row OnlyId
select :id::int as id;

-- name: count_to
select n from generate_series(1, :last::int) as n
where n > :above          --? above
  and n % 2 = 0           --? even
order by n                --? sort = up (default)
order by n desc           --? sort = down
limit :max_rows::int;

-- name: fail :exec
select 1/0;

-- name: get-first$
select n, 'second' as other from generate_series(5, 5) as n;
"""
THINGS = """\
-- name: make_things :script
create table things (id int, name text);

-- name: import_things :copy
copy things (id, name) from stdin;

-- name: export_things :copy
select id, name from things order by id;
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "users.sql").write_text(USERS)
    (tmp_path / "shop" / "old").mkdir(parents=True)
    (tmp_path / "shop" / "things.sql").write_text("\ufeff" + THINGS, "utf-8")
    (tmp_path / "shop" / "old" / "readme.md").write_text("no query")
    return tmp_path


# --- sql


def test_a_statement_is_written_in_place(db: Database) -> None:
    assert db.run(sql("select :a::int + 1", a=1)) == [2]
    assert db.run(sql("select :a::int + 1", kind="one", a=1)) == 2
    assert db.run(sql("select 1 as x, ':a' as y", kind="one")) == (1, ":a")


def test_a_parameter_used_twice_is_given_once(db: Database) -> None:
    assert db.run(sql("select :a::int * :a::int + :b::int", "one", b=1, a=3)) == 10


def test_a_parameter_may_have_any_name(db: Database) -> None:
    assert db.run(sql("select :text::text || :self::text", "one", text="a", self="b")) == "ab"


def test_the_same_text_is_the_same_query() -> None:
    assert sql("select :a", a=1).query is sql("select :a", a=2).query
    assert sql("select :a", a=1) == sql("select :a", a=1)
    assert sql("select 1").query is not sql("select 1", kind="one").query


def test_a_statement_shows_no_argument() -> None:
    assert repr(sql("select :a", a="hunter2")) == "<Statement sql(a)>"


@pytest.mark.parametrize(
    ("text", "params", "message"),
    [
        ("select :a", {}, "sql: the parameter a is missing"),
        ("select :a", {"a": 1, "b": 2}, "sql has no parameter b"),
        ("select ':a'", {"a": 1}, "sql has no parameter a"),
        ("select :email", {"emial": 1}, "sql has no parameter emial; did you mean email[?]"),
    ],
)
def test_parameters_must_fit_the_text(text: str, params: dict[str, Any], message: str) -> None:
    with pytest.raises(WrongArgument, match=f"^{message}$"):
        sql(text, **params)


def test_a_text_that_breaks_the_rules_is_shown() -> None:
    with pytest.raises(SqlFileError, match="'select 1") as caught:
        sql("select 'select 1")
    assert caught.value.file == "<sql>"
    assert (caught.value.line, caught.value.column) == (1, 8)
    with pytest.raises(SqlFileError):
        sql("")


# --- load


def test_files_and_folders_are_namespaces(folder: Path, db: Database) -> None:
    queries = sqlkit.load(folder)
    assert db.run(queries.users.get_user(id=7)) == (7, "ada")
    assert db.run(queries.users.get_user(id=7)).name == "ada"
    db.run(queries.shop.things.make_things())
    assert db.run(queries.shop.things.import_things([(1, "a"), (2, None)])) == 2
    assert db.run(queries.shop.things.import_things(rows=[(3, "c")])) == 1
    assert db.run(queries.shop.things.export_things()) == [(1, "a"), (2, None), (3, "c")]
    assert not hasattr(queries.shop, "old")


def test_a_function_says_what_its_query_says(folder: Path) -> None:
    get_user = sqlkit.load(str(folder)).users.get_user
    assert get_user.__name__ == "get_user"
    assert get_user.__doc__ == "The user with this id."
    query = get_user(id=1).query
    assert (query.name, query.kind, query.timeout) == ("users.get_user", "one", 0.25)
    assert query.source == f"{folder.as_posix()}/users.sql:3"


def test_conditional_lines_have_the_same_defaults_as_compiled(folder: Path, db: Database) -> None:
    count_to = sqlkit.load(folder).users.count_to
    assert db.run(count_to(last=4, max_rows=9)) == [1, 2, 3, 4]
    assert db.run(count_to(last=4, max_rows=9, sort="down")) == [4, 3, 2, 1]
    assert db.run(count_to(last=4, max_rows=9, above=1)) == [2, 3, 4]
    assert db.run(count_to(last=4, max_rows=9, above=1, even=True)) == [2, 4]
    assert db.run(count_to(last=4, max_rows=1, even=False, sort="up")) == [1]
    with pytest.raises(WrongArgument, match=r"^users\.count_to: sort must be one of 'up', 'down'$"):
        db.run(count_to(last=4, max_rows=9, sort="sideways"))
    with pytest.raises(WrongArgument, match=r"^users\.count_to: even must be True or False$"):
        db.run(count_to(last=4, max_rows=9, even=1))


def test_a_row_of_its_own_is_a_row_and_a_first_column_a_value(folder: Path, db: Database) -> None:
    queries = sqlkit.load(folder)
    assert db.run(queries.users.get_id(id=7)).id == 7
    assert db.run(queries.users.get_first()) == 5


def test_an_error_names_file_and_line(folder: Path, db: Database) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero) as caught:
        db.run(sqlkit.load(folder).users.fail())
    assert caught.value.__notes__ == [f"in users.fail, {folder.as_posix()}/users.sql:20"]


def test_no_row_names_the_query(folder: Path, db: Database) -> None:
    (folder / "users.sql").write_text("-- name: get_none :one\nselect 1 where false;")
    with pytest.raises(NoRow, match=r"^users\.get_none gave no row \(.*users\.sql:1\)$"):
        db.run(sqlkit.load(folder).users.get_none())


def test_wrong_calls_are_refused(folder: Path) -> None:
    queries = sqlkit.load(folder)
    with pytest.raises(WrongArgument, match=r"^users\.get_user: arguments are given by name$"):
        queries.users.get_user(1)
    with pytest.raises(WrongArgument, match=r"^users\.get_user: the parameter id is missing$"):
        queries.users.get_user()
    imports = queries.shop.things.import_things
    with pytest.raises(WrongArgument, match=r"things\.import_things takes the rows, and no more$"):
        imports()
    with pytest.raises(WrongArgument, match=r"things\.import_things takes the rows, and no more$"):
        imports([], [])
    with pytest.raises(WrongArgument, match=r"things\.import_things takes the rows, and no more$"):
        imports([], rows=[])


def test_a_name_that_is_not_there_is_an_error_with_what_was_meant(folder: Path) -> None:
    queries = sqlkit.load(folder)
    with pytest.raises(AttributeError, match=r"called user; did you mean users\?$"):
        queries.user.get_user()
    with pytest.raises(AttributeError, match=r"called gte_user; did you mean get_user\?$"):
        queries.users.gte_user()
    with pytest.raises(AttributeError, match=r"^nothing loaded is called xyzzy$"):
        queries.shop.xyzzy()


def test_a_traceback_names_what_was_meant_once(folder: Path) -> None:
    with pytest.raises(AttributeError) as caught:
        sqlkit.load(folder).users.gte_user()
    said = "".join(traceback.format_exception(caught.value)).lower()
    assert said.count("did you mean get_user") == 1
    assert said.count("did you mean: ") == 0


def test_a_broken_file_is_shown(folder: Path) -> None:
    (folder / "users.sql").write_text("-- name: get_user :won\nselect 1;")
    with pytest.raises(SqlFileError, match=r"users\.sql:1:\d+: ") as caught:
        sqlkit.load(folder)
    assert caught.value.file == f"{folder.as_posix()}/users.sql"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"nowhere is no folder"):
        sqlkit.load(tmp_path / "nowhere")


def test_a_file_and_a_folder_of_one_name_are_refused(folder: Path) -> None:
    (folder / "shop.sql").write_text("-- name: get_shop :one\nselect 1;")
    with pytest.raises(ProjectError, match="one name"):
        sqlkit.load(folder)


def test_the_reference_queries_can_be_loaded() -> None:
    queries = sqlkit.load(Path(__file__).parent.parent / "sql")
    assert queries.users.get_user(id=1).query.name == "users.get_user"


def test_a_kind_that_is_none_may_be_a_parameter_by_mistake() -> None:
    with pytest.raises(WrongArgument, match="none can be called kind"):
        sql("select :kind::text", kind="x")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
