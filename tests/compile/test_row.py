from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.compile.conftest import Folder


def test_a_query_of_several_columns_has_a_row_class_of_its_own_name(folder: Folder) -> None:
    text = folder.compiled("-- name: get_user :one\nselect id, full_name from users;\n")
    assert (
        dedent('''\
        class GetUserRow(_Row):
            """Row of get_user."""

            id: int
            full_name: str | None
        ''')
        in text
    )


def test_a_single_column_gives_its_value(folder: Folder) -> None:
    text = folder.compiled("-- name: names :many\nselect full_name from users;\n")
    assert "def names() -> _Statement[list[str | None]]:" in text
    assert "class" not in text
    assert "row=" not in text


def test_a_single_column_with_a_row_gives_a_row(folder: Folder) -> None:
    text = folder.compiled("-- name: names :one\n-- @row Name\nselect full_name from users;\n")
    assert "def names() -> _Statement[Name]:" in text


def test_queries_share_a_row_class(folder: Folder) -> None:
    text = folder.compiled(
        "-- name: a :one\n-- @row User\nselect id, email from users;\n"
        "-- name: b :maybe\n-- @row User\nselect id, email from users;\n"
    )
    assert text.count("class ") == 1
    assert '"""Row of a, b."""' in text
    assert "def b() -> _Statement[User | None]:" in text


def test_two_columns_of_one_name_are_refused_with_an_alias(folder: Folder) -> None:
    text = "-- name: q :many\nselect u.id, c.id from users u join campaigns c on true;\n"
    assert folder.refused(text) == dedent("""\
        sql/x.sql:1:10: q gives 2 columns named "id"
            1 | -- name: q :many
                         ^
        hint: name all but one differently: "… as users_id\"""")


def test_a_column_without_a_name_is_refused_with_an_alias(folder: Folder) -> None:
    assert folder.refused("-- name: q :many\nselect 1 as a, 2;\n") == dedent("""\
        sql/x.sql:1:10: column 2 of q has no name
            1 | -- name: q :many
                         ^
        hint: name it: "… as value\"""")


@pytest.mark.parametrize(
    ("name", "alias"),
    [("full name", "full_name"), ("class", "class_"), ("1st", "_1st"), ("__x__", "x"), ("é!", "é")],
)
def test_a_column_that_can_be_no_field_is_refused_with_an_alias(
    name: str, alias: str, folder: Folder
) -> None:
    message = folder.refused(f'-- name: q :many\nselect 1 as "{name}", 2 as b;\n')
    assert f'column "{name}" of q can\'t be the name of a Python field' in message
    assert message.endswith(f'hint: name it: "… as {alias}"')


def test_a_single_column_needs_no_name(folder: Folder) -> None:
    assert "_Statement[list[int]]" in folder.compiled("-- name: q :many\nselect 1;\n")


def test_a_row_for_a_query_without_rows_is_refused(folder: Folder) -> None:
    message = folder.refused("-- name: q\n-- @row User\ndelete from users;\n")
    assert message.startswith("sql/x.sql:2:5: q gives no rows, so it can't have @row User\n")


@pytest.mark.parametrize("name", ["annotations", "_private"])
def test_a_name_that_a_module_can_not_give_away_is_refused(name: str, folder: Folder) -> None:
    assert "can't be the name of a function" in folder.refused(f"-- name: {name} :exec\nselect 1;")


def test_a_query_with_the_name_of_a_row_class_is_refused(folder: Folder) -> None:
    text = "-- name: a :one\n-- @row User\nselect 1 as x;\n-- name: User :one\nselect 1 as y;\n"
    assert "User is the name of a query and of a row class" in folder.refused(text)
