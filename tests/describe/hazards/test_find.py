"""Where hazards stand, in which variants, and what allows them."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import psycopg
import pytest

from sqlkit.describe import Description, describe
from sqlkit.errors import DescribeError, NoServer
from sqlkit.sqlfile import parse, read
from sqlkit.testing.server import throwaway

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit.describe import Hazard

    Search = Callable[[str], list[Hazard]]


def test_a_hazard_points_at_its_word_in_the_file(search: Search) -> None:
    [found] = search(
        "-- name: q :many\n-- Über alles.\nselect id, 'ä'\nfrom users where score = null;"
    )

    assert str(found) == dedent("""\
        sql/x.sql:4:26: a comparison with NULL is never true [equals_null]
            4 | from users where score = null;
                                         ^^^^
        hint: write `is null` or `is not null`""")


def test_the_caret_is_as_wide_as_a_literal(search: Search) -> None:
    [found] = search("select id from orders where placed_at <= '2026-01-31'")

    assert found.width == len("'2026-01-31'")


def test_each_of_several_hazards_is_found_in_order(search: Search) -> None:
    found = search("select id from users where score = null or full_name <> null limit 3")

    assert [(one.rule, one.column) for one in found] == [
        ("equals_null", 36),
        ("equals_null", 57),
        ("limit_without_order", 62),
    ]


@pytest.mark.parametrize("major", ["15", "16", "18"])
def test_every_version_gives_the_same_places(monkeypatch: pytest.MonkeyPatch, major: str) -> None:
    monkeypatch.setenv("SQLKIT_TEST_PG", major)
    text = "-- name: q\nwith x as (select 1) select relname from pg_class\nwhere relname = null"
    try:
        with throwaway() as server, server.database() as url, psycopg.connect(url) as connection:
            [answer] = describe(connection, parse(text), hazards=True)
    except NoServer as error:
        pytest.skip(str(error))

    assert isinstance(answer, Description)
    assert [(one.rule, one.line, one.column) for one in answer.hazards] == [
        ("unused_cte", 2, 6),
        ("equals_null", 3, 17),
    ]


def test_a_hazard_of_some_variants_says_of_which(search: Search) -> None:
    [found] = search("""
        -- name: q :affected
        delete from orders
        where true
            and user_id = :user_id --? user_id
    """)

    assert found.message == "this deletes every row of orders (with not user_id)"
    assert (found.line, found.column) == (2, 1)


def test_a_hazard_of_many_variants_is_found_once(search: Search) -> None:
    lines = "\n".join(f"    and score > {n} --? f{n}" for n in range(9))

    assert len(search(f"-- name: q :many\nselect id from users where score = null\n{lines}")) == 1


def test_an_allowed_hazard_is_left_out(search: Search) -> None:
    text = "-- name: q :many\n-- @allow equals_null, select_star\n-- @allow unused_cte\n"

    assert search(f"{text}with x as (select 1) select * from users where score = null") == []


def test_an_allow_that_allows_nothing_is_an_error(search: Search) -> None:
    with pytest.raises(DescribeError) as raised:
        search("-- name: q :many\n-- @allow select_star\nselect id from users order by id")

    assert str(raised.value) == dedent("""\
        sql/x.sql:2:11: @allow select_star changes nothing: the query has no such hazard
            2 | -- @allow select_star
                          ^^^^^^^^^^^
        hint: remove it, so that it can't hide one that comes later""")


def test_an_allow_of_an_unknown_hazard_names_the_near_one(search: Search) -> None:
    with pytest.raises(DescribeError, match=r"did you mean select_star\?") as raised:
        search("-- name: q :many\n-- @allow selectstar\nselect * from users")

    assert "there is no such hazard" in raised.value.message


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("@allow", "says which hazards are meant to be"),
        ("@allow a b", "says which hazards are meant to be"),
        ("@allow a, a", "@allow a is said twice"),
        ("@allow a\n-- @allow a", "said twice"),
        ("@allow a\n-- @allow b, a", "@allow a is said twice"),
    ],
)
def test_a_wrong_allow_is_an_error_of_the_file(option: str, message: str) -> None:
    [error] = read(f"-- name: q\n-- {option}\nselect 1").errors

    assert message in error.message


def test_hazards_are_looked_for_only_where_asked(shop: psycopg.Connection[tuple[object]]) -> None:
    [answer] = describe(shop, parse("-- name: q\nselect * from users"))

    assert isinstance(answer, Description)
    assert answer.hazards == ()


@pytest.mark.parametrize(
    "text",
    [
        "-- name: q :script\nupdate users set score = 0; delete from orders;",
        "-- name: q :copy\ncopy users (email) from stdin",
        "-- name: q :many\nshow search_path",
    ],
)
def test_what_has_no_tree_has_no_hazards(search: Search, text: str) -> None:
    assert search(text) == []
