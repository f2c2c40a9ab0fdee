from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from sqlkit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit.describe import Description

    Ask = Callable[[str], Description]


def refused(ask: Ask, text: str) -> str:
    with pytest.raises(SourceError) as raised:
        ask(text)
    return str(raised.value)


def test_a_wrong_column_is_shown_with_what_was_meant(ask: Ask) -> None:
    text = "-- name: q :one\nselect id,\n  emial from users;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:3:3: column "emial" does not exist [42703]
            3 |   emial from users;
                  ^^^^^
        hint: Perhaps you meant to reference the column "users.email".""")


def test_a_wrong_column_that_the_server_has_no_hint_for_is_looked_up(ask: Ask) -> None:
    text = "-- name: q :one\nselect u.ful_nam from users u;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:8: column u.ful_nam does not exist [42703]
            2 | select u.ful_nam from users u;
                       ^^^^^^^^^
        hint: Perhaps you meant to reference the column "u.full_name".""")


def test_a_wrong_table_is_shown_with_what_was_meant(ask: Ask) -> None:
    text = "-- name: q :one\n-- With a comment.\nselect id from usres;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:3:16: relation "usres" does not exist [42P01]
            3 | select id from usres;
                               ^^^^^
        hint: did you mean users?""")


@pytest.mark.parametrize(
    "text", ["select id from settings", "select relnamespace_of_it from pg_class"]
)
def test_what_is_postgresqls_own_is_not_what_was_meant(ask: Ask, text: str) -> None:
    assert "does not exist" in refused(ask, text)
    assert "did you mean" not in refused(ask, text)


def test_a_wrong_type_is_shown_with_what_was_meant(ask: Ask) -> None:
    text = "-- name: q :one\nselect :a::itneger as a;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:12: type "itneger" does not exist [42704]
            2 | select :a::itneger as a;
                           ^^^^^^^
        hint: did you mean integer?""")


def test_a_wrong_function_is_shown_with_what_was_meant(ask: Ask) -> None:
    text = "-- name: q :one\nselect next_on(:a::int) as a;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:8: function next_on(integer) does not exist [42883]
            2 | select next_on(:a::int) as a;
                       ^^^^^^^
        hint: did you mean next_one?""")


def test_wrong_syntax_is_shown_where_the_server_stopped(ask: Ask) -> None:
    text = "-- name: q :many\nselect id from users\n\twher id = :id;\n"
    assert refused(ask, text) == (
        'sql/x.sql:3:7: syntax error at or near "id" [42601]\n'
        "    3 | \twher id = :id;\n"
        "        \t     ^^\n"
        "hint: did you mean where?"
    )


def test_a_parameter_in_a_wrong_place_is_named_as_in_the_file(ask: Ask) -> None:
    text = "-- name: q :many\nselect id from :table;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:16: syntax error at or near ":table" [42601]
            2 | select id from :table;
                               ^^^^^^
        hint: a parameter is a value: a table can't be one""")


def test_a_type_that_does_not_fit_is_shown_with_what_the_server_advises(ask: Ask) -> None:
    text = "-- name: q :many\nselect id from users where id = :id::text;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:31: operator does not exist: bigint = text [42883]
            2 | select id from users where id = :id::text;
                                              ^
        hint: No operator matches the given name and argument types. You might need to add \
explicit type casts.""")


def test_two_statements_are_one_too_many(ask: Ask) -> None:
    text = "-- name: q :exec\n\ndelete from users; delete from posts;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:3:1: cannot insert multiple commands into a prepared statement [42601]
            3 | delete from users; delete from posts;
                ^^^^^^
        hint: two statements stand where one is allowed: split them, or use :script""")


def test_a_parameter_without_a_type_asks_for_a_cast_or_a_conditional_line(ask: Ask) -> None:
    text = "-- name: q :many\nselect id from users\nwhere (:low is null or id > 3);\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:3:8: could not determine data type of parameter :low [42P18]
            3 | where (:low is null or id > 3);
                       ^^^^
        hint: cast it, :low::timestamptz say; or, to leave a condition out while it is None, end \
its line in --? low""")


def test_a_parameter_whose_type_comes_too_late_asks_for_the_same(ask: Ask) -> None:
    text = "-- name: q :many\nselect id from users\nwhere (:low is null or id > :low);\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:3:8: could not determine data type of parameter :low [42P08]
            3 | where (:low is null or id > :low);
                       ^^^^
        hint: cast it, :low::timestamptz say; or, to leave a condition out while it is None, end \
its line in --? low""")


def test_a_parameter_of_two_types_in_one_line_is_shown_in_both_places(ask: Ask) -> None:
    text = "-- name: q :many\nselect 1 as b from users where id = :a and email = :a;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:50: operator does not exist: email = bigint [42883]
            2 | select 1 as b from users where id = :a and email = :a;
                                                                 ^
        hint: :a has its type from sql/x.sql:2:37: select 1 as b from users where id = :a and \
email = :a;
              cast it in one of the two places, :a::text for one, or use two parameters""")


def test_an_ambiguous_column_is_shown(ask: Ask) -> None:
    text = "-- name: q :many\nselect id\nfrom users as u join posts as p on p.user_id = u.id;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:8: column reference "id" is ambiguous [42702]
            2 | select id
                       ^^""")


def test_a_misspelt_alias_is_shown_with_what_was_meant(ask: Ask) -> None:
    text = "-- name: q :many\nselect pots.id\nfrom users as u, other.archives as posts;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:8: missing FROM-clause entry for table "pots" [42P01]
            2 | select pots.id
                       ^^^^^^^
        hint: did you mean posts?""")


def test_a_table_that_is_not_joined_is_not_taken_for_another(ask: Ask) -> None:
    text = "-- name: q :many\nselect p.id from posts as p where q.user_id = 1;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:35: missing FROM-clause entry for table "q" [42P01]
            2 | select p.id from posts as p where q.user_id = 1;
                                                  ^^^^^^^^^""")


def test_a_missing_schema_is_shown_with_what_was_meant(ask: Ask) -> None:
    text = "-- name: q :many\nselect id from othr.archives;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:16: relation "othr.archives" does not exist [42P01]
            2 | select id from othr.archives;
                               ^^^^^^^^^^^^^
        hint: did you mean other.archives?""")


def test_a_table_outside_the_search_path_is_told_with_its_schema(ask: Ask) -> None:
    text = "-- name: q :many\nselect id from archives;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:16: relation "archives" does not exist [42P01]
            2 | select id from archives;
                               ^^^^^^^^
        hint: did you mean other.archives?""")


def test_a_function_of_other_parameters_is_not_another_function(ask: Ask) -> None:
    text = "-- name: q :one\nselect twice(:n::text) as a;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:8: function twice(text) does not exist [42883]
            2 | select twice(:n::text) as a;
                       ^^^^^
        hint: No function matches the given name and argument types. You might need to add \
explicit type casts.""")


def test_a_value_of_the_wrong_type_for_its_column_is_shown(ask: Ask) -> None:
    text = "-- name: q :exec\nupdate posts set score = :score::text;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:26: column "score" is of type integer but expression is of type text [42804]
            2 | update posts set score = :score::text;
                                         ^^^^^^
        hint: You will need to rewrite or cast the expression.""")


def test_a_column_that_is_not_grouped_is_shown(ask: Ask) -> None:
    text = "-- name: q :many\nselect full_name, count(*) as n from users;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:8: column "users.full_name" must appear in the GROUP BY clause or be used in \
an aggregate function [42803]
            2 | select full_name, count(*) as n from users;
                       ^^^^^^^^^""")


def test_a_comma_too_many_is_pointed_out(ask: Ask) -> None:
    text = "-- name: q :many\nselect\n    id,\n    email,\nfrom users;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:5:1: syntax error at or near "from" [42601]
            5 | from users;
                ^^^^
        hint: the comma before it is one too many""")


@pytest.mark.parametrize(
    ("sql", "meant"),
    [
        ("select id form users", "from"),
        ("selct id from users", "select"),
        ("select id from users wher id = 1", "where"),
        ("select id from users oder by id", "order"),
        ("update users set id = 1 retruning id", "returning"),
        ("select id from users limti 3", "limit"),
    ],
)
def test_a_misspelt_keyword_is_told(sql: str, meant: str, ask: Ask) -> None:
    assert refused(ask, f"-- name: q\n{sql};\n").endswith(f"\nhint: did you mean {meant}?")


@pytest.mark.parametrize("kind", ["one", "maybe", "many"])
def test_a_query_of_rows_without_returning_is_told_what_is_missing(kind: str, ask: Ask) -> None:
    text = f"-- name: add_user :{kind}\ninsert into users (email) values (:email);\n"
    header = f"-- name: add_user :{kind}"
    assert refused(ask, text) == (
        f"sql/x.sql:1:10: add_user is :{kind}, but its statement returns no rows\n"
        f"    1 | {header}\n"
        "                 ^^^^^^^^\n"
        "hint: add RETURNING and the columns it should give, or say :affected or :exec"
    )


def test_variants_of_different_columns_are_shown(ask: Ask) -> None:
    text = (
        "-- name: q :many\nselect id --? sort = number\nselect full_name --? sort = name\n"
        "from users;\n"
    )
    assert refused(ask, text) == dedent("""\
        sql/x.sql:1:10: q gives (id bigint) with sort = number, but (full_name text) with \
sort = name
            1 | -- name: q :many
                         ^
        hint: the variants of a query must agree: cast, or split it into two queries""")


def test_variants_of_different_parameter_types_are_shown(ask: Ask) -> None:
    text = (
        "-- name: q :many\nselect id from users where true\n"
        "  and id = :a --? by = number\n  and full_name = :a --? by = name\n;\n"
    )
    assert refused(ask, text).startswith(
        "sql/x.sql:1:10: q takes :a as bigint with by = number, but text with by = name\n"
    )


def test_an_error_in_one_variant_says_which(ask: Ask) -> None:
    text = "-- name: q :many\nselect id from users\nwhere nope = 1 --? odd\n;\n"
    assert 'column "nope" does not exist (with odd) [42703]' in refused(ask, text)


def test_an_override_of_no_column_is_an_error(ask: Ask) -> None:
    text = "-- name: q :many\n-- @column ful_name!\nselect full_name from users;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:2:12: @column ful_name: the query has no such column
            2 | -- @column ful_name!
                           ^^^^^^^^
        hint: did you mean full_name?""")


@pytest.mark.parametrize(
    ("mark", "truth"), [("id!", "is never NULL"), ("full_name?", "can be NULL")]
)
def test_an_override_that_changes_nothing_is_an_error(mark: str, truth: str, ask: Ask) -> None:
    text = f"-- name: q :many\n-- @column {mark}\nselect id, full_name from users;\n"
    name = mark[:-1]
    assert refused(ask, text) == (
        f"sql/x.sql:2:12: @column {name} changes nothing: it is already known that it {truth}\n"
        f"    2 | -- @column {mark}\n"
        f"                   {'^' * len(name)}\n"
        "hint: remove the mark, so that it can't go stale"
    )


def test_a_copy_of_what_is_no_select_is_refused(ask: Ask) -> None:
    text = "-- name: q :copy\nshow work_mem;\n"
    assert "q is :copy, but its statement is none that COPY can take rows from" in refused(
        ask, text
    )


def test_a_copy_into_a_wrong_column_is_shown_at_the_query(ask: Ask) -> None:
    text = "-- name: q :copy\ncopy users (id, emial) from stdin;\n"
    message = refused(ask, text)
    assert message.startswith('sql/x.sql:2:17: column "emial" does not exist [42703]\n')


def test_a_parameter_of_two_types_is_shown_in_both_places(ask: Ask) -> None:
    text = "-- name: q :exec\ninsert into posts (id, user_id, body)\nvalues (1, :who,\n  :who);\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:4:3: inconsistent types deduced for parameter :who (bigint versus text) [42P08]
            4 |   :who);
                  ^^^^
        hint: :who has its type from sql/x.sql:3:12: values (1, :who,
              cast it in one of the two places, :who::text for one, or use two parameters""")


def test_a_parameter_that_already_has_a_type_is_shown_where_it_got_it(ask: Ask) -> None:
    text = "-- name: q :many\nselect id from posts\nwhere body = :it\n  and score = :it;\n"
    assert refused(ask, text) == dedent("""\
        sql/x.sql:4:13: operator does not exist: integer = text [42883]
            4 |   and score = :it;
                            ^
        hint: :it has its type from sql/x.sql:3:14: where body = :it
              cast it in one of the two places, :it::text for one, or use two parameters""")


@pytest.mark.parametrize(
    ("operator", "meant"), [("in", "= any(:ids)"), ("not\tIN", "<> all(:ids)")]
)
def test_a_list_after_in_is_told_how_to_write_it(operator: str, meant: str, ask: Ask) -> None:
    text = f"-- name: q :many\nselect id from users where id {operator} :ids;\n"
    assert refused(ask, text).endswith(f"\nhint: a list is one value here: write {meant}")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("id = %(id)s", ":id"),
        ("id =%(id)s", ":id"),
        ("id = %(who)s", ":who"),
        ("id = %s", ":name"),
        ("id = %s and true", ":name"),
        ("id in (%s, %s)", ":name"),
        ("id = ?", ":name"),
        ("id=?", ":name"),
        ("id in (?, ?)", ":name"),
        ("id = ? and email = ?", ":name"),
        ("true limit ?", ":name"),
        ("id = {id}", ":id"),
        ("id = {{ id }}", ":id"),
        ("id = {}", ":name"),
    ],
)
def test_a_parameter_of_another_driver_is_told_how_to_write_it(
    written: str, meant: str, ask: Ask
) -> None:
    text = f"-- name: q :many\nselect id from users where {written};\n"
    assert refused(ask, text).endswith(f"\nhint: a parameter is written {meant}")


def test_a_remainder_of_what_is_no_number_is_not_taken_for_a_parameter(ask: Ask) -> None:
    text = "-- name: q :many\nselect id % email from users;\n"
    assert "a parameter is written" not in refused(ask, text)


@pytest.mark.parametrize(
    "pattern", ["%:text%", ":text%", "%:text", "'%' :text '%'", "'%' :text", "'%':text"]
)
def test_a_parameter_in_a_pattern_is_told_how_to_join_it(pattern: str, ask: Ask) -> None:
    text = f"-- name: q :many\nselect id from users where email like {pattern};\n"
    hint = "\nhint: texts are joined with ||, as in '%' || :text || '%'"
    assert refused(ask, text).endswith(hint)


@pytest.mark.parametrize("columns", ["`id`", "`id`, email", "`id` as x"])
def test_backticks_are_told_to_go(columns: str, ask: Ask) -> None:
    text = f"-- name: q :many\nselect {columns} from users;\n"
    assert refused(ask, text).endswith(
        "\nhint: a name needs no quotes, or double ones: no backticks"
    )


@pytest.mark.parametrize(
    ("where", "hint"),
    [
        ("email like '%' + :x + '%'", "texts are joined with ||"),
        ("email = full_name + 'x'", "texts are joined with ||"),
        ("email = 'x' + full_name", "texts are joined with ||"),
        ("now() > interval :length", "the type stands behind a parameter: :length::interval"),
        ("now() > DATE :day", "the type stands behind a parameter: :day::date"),
        (
            "now() - now() > interval ':n days'",
            "in quotes :n is text, and no parameter; an interval is made by "
            "make_interval(days => :days)",
        ),
        ("id = ':id'", "in quotes :id is text, and no parameter"),
        ("id in (select id from :table)", "a parameter is a value: a table can't be one"),
        ("true order id", "did you mean order by?"),
        ("isnull(email, 'x') = 'y'", "did you mean coalesce?"),
        ("len(email) = 3", "did you mean length?"),
        ("lenght(email) = 3", "did you mean length?"),
        ("id in (select top 5 id from users)", "write limit at the end, in place of top"),
    ],
)
def test_the_spelling_of_another_database_is_told_in_postgresql_s(
    where: str, hint: str, ask: Ask
) -> None:
    text = f"-- name: q :many\nselect id from users where {where};\n"
    assert refused(ask, text).endswith(f"\nhint: {hint}")


def test_a_function_that_is_like_none_is_not_guessed_at(ask: Ask) -> None:
    text = "-- name: q :many\nselect frobnicate(id) as x from users;\n"
    assert "did you mean" not in refused(ask, text)


def test_two_equals_signs_are_told_to_be_one(ask: Ask) -> None:
    text = "-- name: q :many\nselect id from users where id == :id;\n"
    assert refused(ask, text).endswith("\nhint: equality is written =")


def test_a_text_in_double_quotes_is_told_to_have_single_ones(ask: Ask) -> None:
    text = '-- name: q :many\nselect id from users where email = "ada@example.com";\n'
    assert refused(ask, text).endswith("; a text stands in single quotes")


def test_a_misspelt_column_in_double_quotes_is_still_a_column(ask: Ask) -> None:
    text = '-- name: q :many\nselect id from users where "emial" = :email;\n'
    assert refused(ask, text).endswith('the column "users.email".')


@pytest.mark.parametrize(
    "where",
    [
        "where id = :id --? id\n  and email = :email --? email\n",
        "where\n  id = :id --? id\n  and email = :email --? email\n",
        "where\n  id = :id --? id\norder by id",
        "where\n  id = :id --? id\n",
        "where id > 3 and\n  id = :id --? id\n",
    ],
)
def test_a_where_that_a_left_out_line_breaks_is_told_how_to_begin(where: str, ask: Ask) -> None:
    text = f"-- name: q :many\nselect id from users\n{where};\n"
    message = refused(ask, text)
    assert "(with not id" in message
    assert message.endswith(
        "\nhint: begin the conditions with `where true`, and each conditional line with `and`"
    )


def test_wrong_syntax_with_every_line_in_is_not_put_down_to_the_conditions(ask: Ask) -> None:
    text = "-- name: q :many\nselect id from users\nwhere and id = :id --? id\n;\n"
    assert "where true" not in refused(ask, text)
