"""Headers: names, kinds, and what only looks like a header."""

from __future__ import annotations

import pytest

from sqlkit.errors import SqlFileError
from sqlkit.sqlfile import parse, read

KINDS = ["one", "maybe", "many", "affected", "exec", "copy", "script"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_header_says_name_and_kind(kind: str) -> None:
    (query,) = parse(f"-- name: get_user :{kind}\nselect 1")
    assert (query.name, query.kind, query.line) == ("get_user", kind, 1)


def test_a_header_without_a_kind_leaves_it_open() -> None:
    assert parse("-- name: x\nselect 1")[0].kind is None


@pytest.mark.parametrize("header", ["--name:x:one", "-- name :  x  :one  ", "--\tname:\tx\t: one"])
def test_white_space_in_a_header_is_free(header: str) -> None:
    (query,) = parse(f"{header}\nselect 1")
    assert (query.name, query.kind) == ("x", "one")


def test_each_query_ends_where_the_next_header_begins() -> None:
    one, two = parse("-- name: a\nselect 1;\n\n-- name: b\n\nselect 2;\n")
    assert (one.sql, two.sql, two.line) == ("select 1;", "select 2;", 4)


def test_a_module_is_part_of_the_full_name() -> None:
    (query,) = read("-- name: x\nselect 1", file="sql/users.sql", module="users").queries
    assert (query.full_name, query.file) == ("users.x", "sql/users.sql")


def test_the_file_s_leading_comment_is_its_docstring() -> None:
    parsed = read("-- Users.\n-- All of them.\n\n-- Not this.\n-- name: x\nselect 1")
    assert parsed.doc == "Users.\nAll of them."


def test_a_file_that_begins_with_a_header_has_no_docstring() -> None:
    assert read("-- name: x\n-- Of x.\nselect 1").doc == ""


@pytest.mark.parametrize(
    ("header", "column", "message", "hint"),
    [
        ("-- name:", 9, "names its query", "-- name: get_user :one"),
        ("-- name: class", 10, "is a Python keyword", "class_"),
        ("-- name: 2nd", 10, "is not a Python identifier", "n2nd"),
        ("-- name: a.b :one", 10, "is not a Python identifier", "a_b"),
        ("-- name: __init__", 10, "that Python keeps for itself", "init"),
        ("-- name: ﬁnd", 10, "is another name to Python", "find"),
        ("-- name: x :On", 12, "no kind :On", ":one"),
        ("-- name: x :mnay", 12, "no kind :mnay", ":many"),
        ("-- name: x :", 12, "no kind :", ":one :maybe"),
        ("-- name: x :zzz", 12, "no kind :zzz", ":one :maybe"),
        ("-- name: x y", 12, "this is neither", None),
        ("-- name: x :one please", 17, "this is neither", None),
    ],
)
def test_a_wrong_header_is_shown_with_what_was_meant(
    header: str, column: int, message: str, hint: str | None
) -> None:
    with pytest.raises(SqlFileError) as caught:
        parse(f"\n{header}\nselect 1")
    error = caught.value
    assert message in error.message
    assert (error.line, error.column, error.source) == (2, column, header)
    assert (hint is None and error.hint is None) or (hint or "?") in (error.hint or "")


@pytest.mark.parametrize(
    "comment",
    [
        "-- nmae: y :one",
        "-- Name: y :one",
        "-- nam: y",
        "-- nmae: get-user(id)^",
        "-- name y :one",
        "-- name = y :one",
        "-- query: y :many",
    ],
)
def test_a_comment_with_a_header_s_shape_is_an_error(comment: str) -> None:
    with pytest.raises(SqlFileError, match="this looks like a header") as caught:
        parse(f"-- name: x\nselect 1;\n\n{comment}\nselect 2")
    assert (caught.value.line, caught.value.column) == (4, 4)
    assert "did you mean -- name: " in (caught.value.hint or "")


def test_a_near_miss_directly_below_a_header_is_an_error_too() -> None:
    with pytest.raises(SqlFileError, match="this looks like a header"):
        parse("-- name: x\n-- nmae: y :one\nselect 2")


def test_a_near_miss_before_the_first_header_is_an_error_too() -> None:
    with pytest.raises(SqlFileError, match="this looks like a header"):
        parse("-- nmae: y :one\n\n-- name: x\nselect 2")


def test_an_indented_header_is_an_error() -> None:
    with pytest.raises(SqlFileError, match="at the very start of its line") as caught:
        parse("-- name: x\nselect 1;\n  -- name: y :one\nselect 2")
    assert (caught.value.line, caught.value.column) == (3, 3)


@pytest.mark.parametrize(
    "comment",
    [
        "-- note: this",
        "-- see: users :foo",
        "-- Great: wow!",
        "-- names of all: x",
        "-- like x :one",
    ],
)
def test_a_sentence_is_no_near_miss(comment: str) -> None:
    assert len(parse(f"-- name: x\nselect 1;\n{comment}\n")) == 1


def test_a_comment_after_sql_is_no_near_miss() -> None:
    assert len(parse("-- name: x\nselect 1 -- nmae: y :one")) == 1


@pytest.mark.parametrize("second", ["get_user", "get-user"])
def test_a_name_said_twice_is_an_error(second: str) -> None:
    parsed = read(f"-- name: get_user\nselect 1;\n-- name: {second}\nselect 2")
    (error,) = parsed.errors
    assert (error.line, error.column, error.width) == (3, 10, 8)
    assert "already, in line 1" in error.message
    assert [query.sql for query in parsed.queries] == ["select 1;"]


@pytest.mark.parametrize("body", ["", "\n\n", "\n-- Only a docstring.", "\n/* nothing */\n;\n"])
def test_a_query_without_sql_is_an_error(body: str) -> None:
    with pytest.raises(SqlFileError, match="x has no SQL") as caught:
        parse(f"-- name: x{body}")
    assert (caught.value.line, caught.value.column) == (1, 10)


@pytest.mark.parametrize("text", ["", "\n", "-- A comment.\n/* and one */"])
def test_a_file_without_queries_is_an_error(text: str) -> None:
    with pytest.raises(SqlFileError, match="no query"):
        parse(text)


def test_sql_before_the_first_header_is_an_error() -> None:
    with pytest.raises(SqlFileError, match="before the first header") as caught:
        parse("-- Users.\n  select 1;\n-- name: x\nselect 2")
    assert (caught.value.line, caught.value.column) == (2, 3)


def test_a_string_left_open_before_a_header_swallows_no_query() -> None:
    text = "-- name: a\nselect 'oops;\n-- name: b\nselect 'x';\n-- name: c\nselect 3"
    parsed = read(text)
    (error,) = parsed.errors
    assert (error.line, error.column) == (2, 8)
    assert "still open at the header in line 3" in error.message
    assert [query.name for query in parsed.queries] == ["b", "c"]


def test_a_string_left_open_in_the_last_query_leaves_the_others() -> None:
    parsed = read("-- name: a\nselect 1;\n-- name: b\nselect 'x")
    assert [error.line for error in parsed.errors] == [4]
    assert [query.name for query in parsed.queries] == ["a"]


def test_every_string_left_open_is_reported() -> None:
    parsed = read("-- name: a\nselect $$;\n-- name: b\nselect /*;\n-- name: c\nselect 1")
    assert [(error.line, error.column) for error in parsed.errors] == [(2, 8), (4, 8)]
    assert [query.name for query in parsed.queries] == ["c"]


def test_an_error_shows_the_line_with_a_caret() -> None:
    with pytest.raises(SqlFileError) as caught:
        parse("-- name: x :mnay\nselect 1", file="sql/users.sql")
    assert str(caught.value).splitlines() == [
        "sql/users.sql:1:12: there is no kind :mnay",
        "    1 | -- name: x :mnay",
        "                   ^^^^^",
        "hint: did you mean :many?",
    ]


def test_the_first_error_is_raised_with_a_note_for_each_other() -> None:
    with pytest.raises(SqlFileError, match="no kind :a") as caught:
        parse("-- name: x :a\nselect 1\n-- name: y :b\nselect 2", file="f.sql")
    assert caught.value.__notes__ == ["also f.sql:3:12: there is no kind :b"]


def test_one_broken_query_leaves_the_others() -> None:
    parsed = read("-- name: a\nselect 1;\n-- name: b :x\nselect 2;\n-- name: c\nselect 3")
    assert [query.name for query in parsed.queries] == ["a", "c"]
    assert len(parsed.errors) == 1
