"""A query's text, and the way back from it to the file."""

from __future__ import annotations

import pytest

from sqlkit.sqlfile import Line, Parameter, Place, Query, Text, parse

TEXT = """\
-- A file.
-- name: x
-- Doc.

select 'é', :first,
\t:second --? second
from t -- :none
where a = :first;
-- end
"""


def query(text: str) -> Query:
    return parse(f"-- name: x\n{text}")[0]


def test_white_space_around_a_query_is_trimmed_and_nothing_else() -> None:
    assert query("\n \t\n select  1 ;  \n\n").sql == "select  1 ;"


def test_comments_and_markers_stay_in_the_text() -> None:
    assert query("/* a */ select 1 -- b\n-- c").sql == "/* a */ select 1 -- b\n-- c"


def test_lines_hold_the_text_and_where_it_stands() -> None:
    assert query("select :a\n, 1 --? p\n").lines == (
        Line((Text("select ", 11), Parameter("a", 18), Text("\n", 20))),
        Line((Text(", 1 --? p", 21),), ("p", True)),
    )


def test_every_character_is_found_again_in_the_file() -> None:
    (found,) = parse(TEXT)
    lines = TEXT.splitlines()
    for variant in found.variants():
        for position, character in enumerate(variant.sql):
            place = variant.place(position)
            assert place.source == lines[place.line - 1]
            original = f"{place.source}\n"[place.column - 1]
            assert original == character or (original, place.width > 1) == (":", True)


def test_the_place_of_a_parameter_is_all_of_its_name() -> None:
    (found,) = parse(TEXT)
    place = found.variant({}).place(found.sql.index("$2"))
    assert place == Place(6, 2, "\t:second --? second", width=len(":second"))


@pytest.mark.parametrize(("position", "line"), [(-5, 5), (0, 5), (10_000, 9)])
def test_a_place_beyond_the_text_is_its_nearest_end(position: int, line: int) -> None:
    assert parse(TEXT)[0].variant({}).place(position).line == line


def test_a_query_s_own_place_is_its_name() -> None:
    assert parse(TEXT)[0].place == Place(2, 10, "-- name: x", width=1)


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("select 1", "select 1"),
        ("select 1;", "select 1"),
        ("select 1 ; ; -- end\n/* end */", "select 1"),
        ("select 1 -- end", "select 1"),
        ("select ';' ; ", "select ';'"),
        ("select :a -- ;\n, :b\n;", "select $1 -- ;\n, $2"),
        ("select 1; select 2;", "select 1; select 2"),
    ],
)
def test_a_statement_ends_before_its_semicolon(text: str, statement: str) -> None:
    assert query(text).statement_sql == statement


def test_the_lines_of_a_statement_end_there_too() -> None:
    found = query("select 1\n, 2 --? p\n;\n-- end")
    assert found.statement_lines == (
        Line((Text("select 1\n", 11),)),
        Line((Text(", 2", 20),), ("p", True)),
    )


def test_queries_and_variants_can_be_keys() -> None:
    found = query("select 1")
    assert {found: 1, found.variant({}): 2}[found] == 1


def test_a_repr_shows_the_query_and_not_its_file() -> None:
    assert "Query(name='x'" in repr(query("select 1"))
    assert "starts" not in repr(query("select 1"))
