"""Docstrings and options: the comment lines directly below a header."""

from __future__ import annotations

import pytest

from sqlkit.errors import SqlFileError
from sqlkit.sqlfile import ColumnOption, Options, ParamOption, Query, parse


def query(*lines: str, kind: str = "many", sql: str = "select :id, x --? flag") -> Query:
    return parse("\n".join([f"-- name: x :{kind}", *lines, sql]))[0]


def test_comment_lines_below_the_header_are_the_docstring() -> None:
    found = query("-- Users of one owner.", "--", "--   Newest first.", "-- @row User", "-- Quick.")
    assert found.doc == "Users of one owner.\n\nNewest first.\nQuick."
    assert found.sql.startswith("select")


def test_an_empty_line_ends_the_docstring() -> None:
    found = query("-- Doc.", "", "-- Part of the SQL.")
    assert found.doc == "Doc."
    assert found.sql.startswith("-- Part of the SQL.\nselect")


def test_a_docstring_line_may_begin_with_an_escaped_at_sign() -> None:
    assert query(r"-- \@row is no option here.").doc == "@row is no option here."


def test_a_query_without_options_has_the_default_ones() -> None:
    assert query("-- Doc.").options == Options()


def test_every_option_is_read() -> None:
    options = query(
        "-- @row User",
        "-- @param id? Whose.",
        "-- @param flag With x.",
        "-- @column a!",
        "-- @column b? Now and then.",
        "-- @column c Always.",
        "-- @type data app.models.Data",
        "-- @timeout 250ms",
        "-- @cache 30s",
        "-- @retry never",
        "-- @idempotent",
        "-- @deprecated Use y.",
    ).options
    assert options == Options(
        row="User",
        params={"id": ParamOption(True, "Whose."), "flag": ParamOption(False, "With x.")},
        columns={
            "a": ColumnOption(False),
            "b": ColumnOption(True, "Now and then."),
            "c": ColumnOption(None, "Always."),
        },
        types={"data": "app.models.Data"},
        timeout=0.25,
        cache=30.0,
        retry=False,
        idempotent=True,
        deprecated="Use y.",
    )


def test_an_option_s_place_is_kept() -> None:
    found = query("-- Doc.", "--   @column a!", "-- @timeout 1s")
    places = {key: found.source.place(at) for key, at in found.options.offsets.items()}
    assert {key: (place.line, place.column) for key, place in places.items()} == {
        ("column", "a"): (3, 6),
        ("timeout",): (4, 4),
    }


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1ms", 0.001), ("250ms", 0.25), ("30s", 30.0), ("1.5s", 1.5), ("2m", 120.0), ("1h", 3600.0)],
)
def test_a_duration_is_read_in_seconds(text: str, seconds: float) -> None:
    assert query(f"-- @timeout {text}").options.timeout == seconds


@pytest.mark.parametrize(
    "text", ["", "30", "0s", "0.0ms", "-1s", "1 s", "1S", "1w", "s", "1e3s", "9" * 400 + "s"]
)
@pytest.mark.parametrize("tag", ["timeout", "cache"])
def test_a_wrong_duration_is_an_error(tag: str, text: str) -> None:
    with pytest.raises(SqlFileError, match="no duration") as caught:
        query(f"-- @{tag} {text}")
    assert (caught.value.line, caught.value.column) == (2, 4)
    assert "250ms, 30s, 2m, 1h" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("@timout 1s", "no option @timout", "did you mean @timeout?"),
        ("@Row User", "no option @Row", "did you mean @row?"),
        ("@zzz", "no option @zzz", r"is written \@"),
        ("@", "no option @", r"is written \@"),
        ("@row", "name of a class", "@row User"),
        ("@row class", "name of a class", "class_"),
        ("@row User Thing", "name of a class", "User_Thing"),
        ("@param", "not @param name", None),
        ("@param id!", "not @param name", None),
        ("@param ids Which.", "no parameter ids", "did you mean id?"),
        ("@param flag?", "never None", None),
        ("@column", "not @column name", None),
        ("@column a", "changes nothing", "a! is never None"),
        ("@type data", "not @type column dotted.Type", None),
        ("@type data app.class.X", "not @type column dotted.Type", None),
        ("@type data app..X", "not @type column dotted.Type", None),
        ("@retry", "only say never", None),
        ("@retry 3", "only say never", None),
        ("@idempotent yes", "says nothing more", None),
        ("@deprecated", "what to use instead", None),
    ],
)
def test_a_wrong_option_is_an_error(line: str, message: str, hint: str | None) -> None:
    with pytest.raises(SqlFileError) as caught:
        query(f"-- {line}")
    error = caught.value
    assert message in error.message
    assert (error.line, error.column, error.source) == (2, 4, f"-- {line}")
    assert error.width <= len(line)
    assert hint is None or hint in (error.hint or "")


@pytest.mark.parametrize(
    "line",
    [
        "@row A",
        "@param id X",
        "@column a!",
        "@type a b.C",
        "@timeout 1s",
        "@cache 1s",
        "@idempotent",
    ],
)
def test_an_option_said_twice_is_an_error(line: str) -> None:
    with pytest.raises(SqlFileError, match="said twice, first in line 2") as caught:
        query(f"-- {line}", f"-- {line}")
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("exec", "@row User"),
        ("affected", "@cache 1s"),
        ("exec", "@column a!"),
        ("affected", "@type a b.C"),
        ("copy", "@cache 1s"),
        ("copy", "@idempotent"),
        ("copy", "@retry never"),
    ],
)
def test_an_option_that_the_kind_leaves_without_a_meaning_is_an_error(kind: str, line: str) -> None:
    with pytest.raises(SqlFileError, match=f"a :{kind} query") as caught:
        query(f"-- {line}", kind=kind, sql="select 1")
    assert (caught.value.line, caught.value.column) == (2, 4)


@pytest.mark.parametrize("body", ["\nselect 1\n-- @timeout 1s", "\n\n-- @timeout 1s\nselect 1"])
def test_an_option_out_of_its_place_is_an_error(body: str) -> None:
    with pytest.raises(SqlFileError, match="@timeout says nothing here"):
        parse(f"-- name: x{body}")


def test_a_condition_among_the_comment_lines_is_an_error() -> None:
    with pytest.raises(SqlFileError, match="this line is empty"):
        query("--? flag")
