"""Files written for aiosql."""

from __future__ import annotations

import pytest

from sqlkit.errors import SqlFileError
from sqlkit.sqlfile import Kind, parse, read


@pytest.mark.parametrize(
    ("suffix", "kind", "first_column"),
    [
        ("", None, False),
        ("^", "maybe", False),
        ("<!", "maybe", False),
        ("$", "maybe", True),
        ("!", "affected", False),
        ("*!", "affected", False),
        ("#", "script", False),
    ],
)
@pytest.mark.parametrize("between", ["", " "])
def test_a_suffix_says_the_kind(
    suffix: str, kind: Kind | None, first_column: bool, between: str
) -> None:
    (query,) = parse(f"-- name: get-user-name{between}{suffix}\nselect 1")
    assert (query.name, query.kind) == ("get_user_name", kind)
    assert query.options.first_column is first_column


@pytest.mark.parametrize(
    "header", ["get-user(id, name)^", "get_user( name,id ) ^", "x(id,name) :maybe"]
)
def test_a_parameter_list_that_matches_is_accepted(header: str) -> None:
    (query,) = parse(f"-- name: {header}\nselect :id, :name")
    assert (query.kind, query.parameters) == ("maybe", ("id", "name"))


def test_an_empty_parameter_list_matches_no_parameters() -> None:
    assert parse("-- name: x()\nselect 1")[0].parameters == ()


def test_a_flag_belongs_into_the_parameter_list() -> None:
    assert parse("-- name: x(id, p)\nselect :id\n, 1 --? p")[0].parameters == ("id",)


def test_a_parameter_that_the_text_lacks_is_an_error() -> None:
    with pytest.raises(SqlFileError, match="usr is listed") as caught:
        parse("-- name: x(id, usr)^\nselect :id, :user")
    assert (caught.value.column, caught.value.width) == (16, 3)
    assert caught.value.hint == "did you mean user?"


def test_a_parameter_that_the_list_lacks_is_an_error() -> None:
    (error,) = read("-- name: x(id)^\nselect :id, :name").errors
    assert "name is not in the header's list" in error.message
    assert (error.line, error.column, error.width) == (2, 13, 5)


@pytest.mark.parametrize("text", ["select 'a%%'", "select 5 %% 2", 'select "%%"'])
def test_a_doubled_percent_sign_is_an_error(text: str) -> None:
    with pytest.raises(SqlFileError, match="nothing needs doubling") as caught:
        parse(f"-- name: x^\n{text}")
    assert caught.value.column == text.index("%%") + 1


def test_a_doubled_percent_sign_in_a_comment_is_none() -> None:
    assert len(parse("-- name: x^\nselect 1 -- %%")) == 1


def test_a_doubled_percent_sign_in_a_query_of_our_own_spelling_is_meant() -> None:
    assert parse("-- name: x :one\nselect '%%'")[0].sql == "select '%%'"


def test_record_class_is_refused_with_what_to_write() -> None:
    with pytest.raises(SqlFileError, match="record_class is aiosql's") as caught:
        parse("-- name: x^\n-- record_class: User\nselect 1")
    assert caught.value.hint == "name it with -- @row User"


def test_a_suffix_and_a_kind_are_one_too_many() -> None:
    with pytest.raises(SqlFileError, match="says the kind already") as caught:
        parse("-- name: x^ :one\nselect 1")
    assert caught.value.hint == "leave one away: ^ is :maybe"


def test_a_row_for_the_first_column_is_an_error() -> None:
    with pytest.raises(SqlFileError, match="first column's value"):
        parse("-- name: x$\n-- @row User\nselect 1")
