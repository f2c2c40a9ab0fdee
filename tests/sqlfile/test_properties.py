"""What holds for every text, tried on made-up ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlkit.errors import SqlFileError
from sqlkit.sqlfile import Query, Text, parse, read

# Pieces of SQL that lexers stumble over, in any order.
FRAGMENTS = st.sampled_from(
    [
        *"'\"$:;[](),.-*/?%@\\ \n\r\tEU&x1é",
        "''",
        "$$",
        "$a$",
        "$1",
        "--",
        "/*",
        "*/",
        "::",
        ":=",
        ":name",
        ":b",
        ":'c'",
        "[:d",
        "[1:d]",
        "E'\\'",
        "U&'",
        'u&"',
        "select ",
        "-- name: x :one\n",
        "\n-- name: y\n",
        "\n-- @param b\n",
        " --? b\n",
        " --? not flag\n",
        " --? w = v\n",
        "\ufeff",
        "\0",
    ]
)
TANGLES = st.lists(FRAGMENTS, max_size=40).map("".join)
TEXTS = st.one_of(st.text(max_size=200), TANGLES, TANGLES.map("-- name: q\nselect {}".format))


def original(query: Query) -> str:
    pieces = (piece for line in query.lines for piece in line.pieces)
    return "".join(p.text if isinstance(p, Text) else f":{p.name}" for p in pieces)


@given(TEXTS)
def test_any_text_ends_in_queries_or_errors(text: str) -> None:
    parsed = read(text)
    assert parsed.queries or parsed.errors
    for error in parsed.errors:
        assert 1 <= error.column <= len(error.source) + 1
        assert error.column + error.width <= len(error.source) + 2
        assert str(error)


@given(TEXTS)
def test_parse_gives_what_read_gives_or_raises_its_first_error(text: str) -> None:
    parsed = read(text)
    if parsed.errors:
        with pytest.raises(SqlFileError) as caught:
            parse(text)
        assert str(caught.value) == str(parsed.errors[0])
    else:
        assert [query.sql for query in parse(text)] == [query.sql for query in parsed.queries]


@given(TEXTS)
def test_what_is_not_a_parameter_is_unchanged(text: str) -> None:
    for query in read(text).queries:
        assert original(query) in text
        for line in query.lines:
            for piece in line.pieces:
                written = piece.text if isinstance(piece, Text) else f":{piece.name}"
                assert text.removeprefix("\ufeff").startswith(written, piece.offset)


@given(TEXTS)
def test_a_place_is_that_of_the_same_character(text: str) -> None:
    for query in read(text).queries:
        variant = query.variant({})
        at = 0
        for line in query.lines:
            if line.when is not None and variant.states[line.when[0]] != line.when[1]:
                continue
            for piece in line.pieces:
                if isinstance(piece, Text):
                    for index, character in enumerate(piece.text):
                        place = variant.place(at + index)
                        inside = f"{place.source}\n"[place.column - 1]
                        assert inside == character or character in "\r\n"
                    at += len(piece.text)
                else:
                    number = f"${variant.parameters.index(piece.name) + 1}"
                    assert variant.sql.startswith(number, at)
                    assert variant.place(at) == query.source.place(
                        piece.offset, len(piece.name) + 1
                    )
                    at += len(number)
        assert at == len(variant.sql)


@given(TANGLES, st.sampled_from(["z", "renamed_x", "größe"]))
def test_renaming_a_parameter_changes_nothing_else(tangle: str, name: str) -> None:
    for query in read(f"-- name: q\nselect {tangle}").queries:
        if query.conditions or not query.parameters:
            continue
        old = query.parameters[0]
        pieces = [piece for line in query.lines for piece in line.pieces]
        renamed = "".join(
            p.text if isinstance(p, Text) else f":{name if p.name == old else p.name}"
            for p in pieces
        )
        (again,) = parse(f"-- name: q\n{renamed}")
        assert again.sql == query.sql
        assert again.parameters == tuple(name if p == old else p for p in query.parameters)


@given(TANGLES)
def test_every_variant_is_made_of_the_same_lines(tangle: str) -> None:
    for query in read(f"-- name: q\nselect 1\n{tangle}").queries:
        for variant in query.variants():
            assert variant.sql.count("$") >= len(set(variant.parameters))
            assert query.variant(variant.states).sql == variant.sql
