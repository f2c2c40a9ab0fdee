"""Errors for queries that say the same ``@row`` and don't give the same."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.compile.conftest import Folder

GENERAL = "make both give the same columns in the same order, or name another row"
MARK = 'add "-- @column email?" to x.a (sql/x.sql:1)'

DISAGREEMENTS = [
    (
        "id, full_name as email",
        ["email: str in x.a, str | None in x.b"],
        f"name another row, or\n      {MARK}",
    ),
    ("id::text, email", ["id: int in x.a, str in x.b"], GENERAL),
    ("id", ["email: str only in x.a"], GENERAL),
    ("id, email, created_at", ["created_at: datetime only in x.b"], GENERAL),
    (
        "email, id",
        ["order in x.a: id, email", "order in x.b: email, id"],
        "give the columns in the order id, email",
    ),
    (
        "full_name as email, id, tags",
        [
            "email: str in x.a, str | None in x.b",
            "tags: list[str | None] only in x.b",
            "order in x.a: id, email",
            "order in x.b: email, id, tags",
        ],
        f"{GENERAL}\n      {MARK}",
    ),
]


@pytest.mark.parametrize(("columns", "differences", "hint"), DISAGREEMENTS)
def test_every_column_that_differs_is_shown_with_both_queries(
    columns: str, differences: list[str], hint: str, folder: Folder
) -> None:
    shown = "".join(f"      {one}\n" for one in differences)
    assert folder.refused(
        "-- name: a :one\n-- @row User\nselect id, email from users;\n"
        f"-- name: b :one\n-- @row User\nselect {columns} from users;\n"
    ) == (
        "sql/x.sql:5:5: @row User: x.b differs from x.a (sql/x.sql:1)\n"
        f"{shown}"
        "    5 | -- @row User\n"
        "            ^^^\n"
        f"hint: {hint}"
    )


def test_queries_of_two_files_are_held_to_one_row(folder: Folder) -> None:
    folder.write("a.sql", "-- name: find :one\n-- @row User\nselect id, full_name from users;\n")
    folder.write(
        "deep/b.sql",
        "-- name: get :one\n-- @row User\n-- @timeout 1s\n"
        "select id, email as full_name from users;\n",
    )
    [error] = folder.plan().errors
    assert str(error) == dedent("""\
        sql/deep/b.sql:2:5: @row User: deep.b.get differs from a.find (sql/a.sql:1)
              full_name: str | None in a.find, str in deep.b.get
            2 | -- @row User
                    ^^^
        hint: add "-- @column full_name?" to deep.b.get (sql/deep/b.sql:1)""")
    assert folder.plan().files == {}


def test_the_hint_of_a_nullable_column_does_what_it_says(folder: Folder) -> None:
    folder.write("a.sql", "-- name: a :one\n-- @row User\nselect id, full_name from users;\n")
    header = "-- name: b :one\n-- @row User\n"
    query = "select id, email as full_name from users;\n"
    folder.write("b.sql", header + query)
    [error] = folder.plan().errors
    assert error.hint is not None
    folder.write("b.sql", header + error.hint.split('"')[1] + "\n" + query)
    assert folder.plan().errors == ()


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ("full_name! Never empty", 'remove "-- @column full_name!" from x.b (sql/x.sql:4)'),
        (
            "id What it is",
            'write "-- @column id?" instead of "-- @column id" in x.b (sql/x.sql:4)',
        ),
    ],
)
def test_the_hint_knows_what_the_header_says_of_the_column(
    option: str, hint: str, folder: Folder
) -> None:
    folder.write(
        "x.sql",
        "-- name: a :one\n-- @row User\nselect null::bigint as id, full_name from users;\n"
        f"-- name: b :one\n-- @row User\n-- @column {option}\nselect id, full_name from users;\n",
    )
    [error] = folder.plan().errors
    assert hint in str(error.hint).split("\n      ")


def test_the_one_that_differs_from_most_is_the_one_that_is_shown(folder: Folder) -> None:
    folder.write("a.sql", "-- name: odd :one\n-- @row User\nselect id from users;\n")
    two = "".join(
        f"-- name: {name} :one\n-- @row User\nselect id, email from users;\n" for name in "bc"
    )
    folder.write("b.sql", two)
    [error] = folder.plan().errors
    assert (error.file, error.line) == ("sql/a.sql", 2)
    assert "a.odd differs from b.b (sql/b.sql:1)\n      email: str only in b.b" in error.message


def test_every_query_that_has_to_change_is_named(folder: Folder) -> None:
    two = "".join(
        f"-- name: {name} :one\n-- @row User\nselect id, email from users;\n" for name in "ab"
    )
    folder.write("a.sql", two)
    folder.write(
        "b.sql", "-- name: c :one\n-- @row User\nselect id, full_name as email from users;"
    )
    [error] = folder.plan().errors
    assert error.hint == (
        "name another row, or\n"
        '      add "-- @column email?" to a.a (sql/a.sql:1)\n'
        '      add "-- @column email?" to a.b (sql/a.sql:4)'
    )


def test_types_of_one_name_are_told_apart_by_their_schema(folder: Folder) -> None:
    message = folder.refused(
        "-- name: a :one\n-- @row X\nselect status from campaigns;\n"
        "-- name: b :one\n-- @row X\nselect 'blue'::other.campaign_status as status;\n"
    )
    assert "status: campaign_status in x.a, other.campaign_status in x.b\n" in message


def test_python_types_of_one_name_are_told_apart_by_their_module(folder: Folder) -> None:
    message = folder.refused(
        "-- name: a :one\n-- @row X\n-- @type settings a.Settings\nselect settings from users;\n"
        "-- name: b :one\n-- @row X\n-- @type settings b.Settings\nselect settings from users;\n"
    )
    assert "settings: a.Settings in x.a, b.Settings in x.b\n" in message
