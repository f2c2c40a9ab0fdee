"""Conditional lines, and the variants of a query that has them."""

from __future__ import annotations

import pytest

from sqlkit.errors import SqlFileError
from sqlkit.sqlfile import Condition, Query, State, parse

LIST = """\
-- name: list_campaigns :many
select id
from campaigns
where owner_id = :owner_id
  and status = :status              --? status
  and not archived                  --? not with_archived
order by created_at desc            --? sort = newest
order by budget desc, id            --? sort = richest
limit :max_rows;
"""


def query(text: str) -> Query:
    return parse(f"-- name: x\n{text}")[0]


def conditions(text: str) -> list[tuple[str, bool, tuple[str, ...], str | None]]:
    return [(c.name, c.given, c.words, c.default) for c in query(text).conditions]


def test_a_parameter_s_line_is_there_if_it_is_given() -> None:
    assert conditions("select 1\nwhere x = :p --? p") == [("p", True, (), None)]


def test_a_name_in_conditions_alone_is_a_flag() -> None:
    assert conditions("select 1\nwhere x --? p") == [("p", False, (), None)]


def test_a_parameter_counts_wherever_in_the_query_it_is() -> None:
    assert conditions("select 1 --? p\nwhere x = :p --? flag")[0] == ("p", True, (), None)


def test_words_are_gathered_in_order_with_their_default() -> None:
    text = "select 1\norder by a --? s = b\norder by c --? s = a-1 (default)\n, d --? s = b"
    assert conditions(text) == [("s", False, ("b", "a-1"), "a-1")]


@pytest.mark.parametrize("marker", ["--?p", "--?  p  ", "--?\tp", "-- why --? p", "---- --? p"])
def test_white_space_and_a_comment_before_a_marker_are_free(marker: str) -> None:
    found = query(f"select 1\n, 2 {marker}\n, 3")
    assert found.conditions[0].name == "p"
    assert found.variant({"p": False}).sql == "select 1\n, 3"


@pytest.mark.parametrize("text", ["select 1 -- ? p", "select 1 -- p?", "select '--? p'"])
def test_what_only_looks_like_a_marker_is_none(text: str) -> None:
    assert query(text).conditions == ()


def test_a_line_commented_out_is_no_condition() -> None:
    assert query("select 1\n-- , 2 --? p").conditions == ()


def test_sql_shows_every_line_or_the_first_word() -> None:
    found = parse(LIST)[0]
    assert found.sql == (
        "select id\nfrom campaigns\nwhere owner_id = $1\n"
        "  and status = $2              --? status\n"
        "  and not archived                  --? not with_archived\n"
        "order by created_at desc            --? sort = newest\n"
        "limit $3;"
    )
    assert found.parameters == ("owner_id", "status", "max_rows")


def test_sql_shows_the_default_word() -> None:
    found = query("select 1\n, 2 --? s = a\n, 3 --? s = b (default)\n")
    assert found.sql == "select 1\n, 3 --? s = b (default)"


def test_parameters_are_numbered_anew_in_each_variant() -> None:
    variant = parse(LIST)[0].variant({"status": False, "sort": "richest", "with_archived": True})
    assert variant.parameters == ("owner_id", "max_rows")
    assert variant.sql == (
        "select id\nfrom campaigns\nwhere owner_id = $1\n"
        "order by budget desc, id            --? sort = richest\n"
        "limit $2;"
    )


def test_variants_are_every_combination_beginning_with_sql() -> None:
    found = parse(LIST)[0]
    variants = list(found.variants())
    assert [variant.when for variant in variants] == [
        "status, not with_archived, sort = newest",
        "status, not with_archived, sort = richest",
        "status, with_archived, sort = newest",
        "status, with_archived, sort = richest",
        "not status, not with_archived, sort = newest",
        "not status, not with_archived, sort = richest",
        "not status, with_archived, sort = newest",
        "not status, with_archived, sort = richest",
    ]
    assert variants[0].sql == found.sql
    assert len({variant.sql for variant in variants}) == 8


def test_a_query_without_conditions_has_one_variant() -> None:
    (variant,) = query("select :a").variants()
    assert (variant.when, variant.sql, variant.parameters) == ("", "select $1", ("a",))


def test_a_parameter_of_one_variant_alone_is_among_all_parameters() -> None:
    found = query("select 1\n, :a --? not p\n, :b --? p\n, :p")
    assert found.parameters == ("b", "p")
    assert found.all_parameters == ("a", "b", "p")


def test_as_many_variants_as_may_be_are_made() -> None:
    lines = "\n".join(f", {i} --? p{i}" for i in range(10))
    assert len(list(query(f"select 1\n{lines}").variants())) == 1024


def test_more_variants_are_an_error_that_shows_the_condition_too_many() -> None:
    lines = "\n".join(f", {i} --? p{i}" for i in range(5000))
    with pytest.raises(SqlFileError, match="more than 1,024 combinations") as caught:
        next(query(f"select 1\n{lines}").variants())
    assert (caught.value.line, caught.value.column) == (13, 10)


@pytest.mark.parametrize("states", [{"sort": "oldest"}, {"status": "yes"}, {"other": True}])
def test_a_state_that_the_query_doesn_t_know_is_refused(states: dict[str, State]) -> None:
    with pytest.raises(ValueError, match=r"can't be|has no conditional line"):
        parse(LIST)[0].variant(states)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_conditional_line_takes_its_line_end_with_it(end: str) -> None:
    found = query(f"select 1{end}, 2 --? p{end}, 3")
    assert found.variant({"p": False}).sql == f"select 1{end}, 3"


def test_the_first_line_may_be_conditional() -> None:
    found = query("select 1 --? p\nselect 2 --? not p")
    assert [variant.sql for variant in found.variants()] == [
        "select 1 --? p\n",
        "select 2 --? not p",
    ]


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("--?", "can't be understood"),
        ("--? a b", "can't be understood"),
        ("--? a =", "can't be understood"),
        ("--? a = b c", "can't be understood"),
        ("--? a = b (standard)", "can't be understood"),
        ("--? not a = b", "can't be understood"),
        ("--? a (default)", "can't be understood"),
        ("--? not", "is a Python keyword"),
        ("--? class", "is a Python keyword"),
        ("--? 1", "is not a Python identifier"),
        ("--? a.b", "is not a Python identifier"),
    ],
)
def test_a_wrong_marker_is_an_error_with_a_caret(marker: str, message: str) -> None:
    with pytest.raises(SqlFileError, match=message) as caught:
        query(f"select 1\n, 2 {marker}\n, 3")
    assert caught.value.line == 3
    assert caught.value.column >= 5
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("select 1\n, 2 --? s = a\n, 3 --? s", 4, "one of some words in another line"),
        ("select 1\n, 2 --? not s\n, 3 --? s = a", 3, "one of some words in another line"),
        ("select :s\n, 2 --? s = a", 3, "is a parameter too"),
        ("select 1\n,2 --? s = a (default)\n,3 --? s = b (default)", 4, "said in line 3 already"),
        ("select 1\n,2 --? s = a (default)\n,3 --? s = a (default)", 4, "said in line 3 already"),
        ("select '\n', 2 --? p", 3, "inside a string or comment"),
        ("select /*\n*/ 2 --? p", 3, "inside a string or comment"),
        ("select $$\n$$, 2 --? p", 3, "inside a string or comment"),
        ('select "\n", 2 --? p', 3, "inside a string or comment"),
        ("select 1\n--? p\n, 2", 3, "this line is empty"),
        ("select 1\n   --? p", 3, "this line is empty"),
    ],
)
def test_conditions_that_contradict_are_an_error(text: str, line: int, message: str) -> None:
    with pytest.raises(SqlFileError, match=message) as caught:
        query(text)
    assert caught.value.line == line


def test_a_string_that_ends_before_the_line_begins_is_no_obstacle() -> None:
    assert query("select '\n'\n, 2 --? p").conditions == (
        Condition("p", offset=len("-- name: x\nselect '\n'\n, 2 --? ")),
    )


MISSPELT = "select 1\nwhere true\n  and kind = :kind --? knid\n  and x = :name --? name"


def test_a_misspelt_condition_is_an_error_under_its_name() -> None:
    with pytest.raises(SqlFileError, match="knid is no parameter") as caught:
        query(MISSPELT)
    error = caught.value
    assert (error.line, error.column, error.width) == (4, 24, len("knid"))
    assert str(error.hint).startswith("did you mean --? kind?")


def test_a_misspelt_condition_is_found_where_it_is_negated_or_another_line_has_it_right() -> None:
    text = "select 1\n, :kind, :other --? not knid\n, :kind --? kind"
    with pytest.raises(SqlFileError, match="knid is no parameter") as caught:
        query(text)
    assert str(caught.value.hint).startswith("did you mean --? not kind?")


@pytest.mark.parametrize(
    "line",
    [
        "and created_at > :since --? recent",
        "and kind = :kind --? only_kind",
        "and kind <> 'x' --? knid",
        "and kind = :always --? alwasy",
        "and kind = :kind --? knid = word",
    ],
)
def test_a_flag_that_is_likely_meant_is_one(line: str) -> None:
    (found,) = query(f"select :always\nwhere true\n{line}").conditions
    assert not found.given


def test_a_flag_near_a_parameter_is_one_if_an_option_says_so() -> None:
    text = "-- name: x\n-- @param kinds whether the kind counts\nselect 1\n, :kind --? kinds"
    assert not parse(text)[0].conditions[0].given
