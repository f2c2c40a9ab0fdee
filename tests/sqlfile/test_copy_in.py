"""Queries of the kinds ``:copy`` and ``:script``."""

from __future__ import annotations

import pytest

from sqlkit.errors import SqlFileError
from sqlkit.sqlfile import CopyIn, parse


@pytest.mark.parametrize(
    ("text", "table", "columns"),
    [
        ("copy t (a, b) from stdin;", "t", ("a", "b")),
        ("COPY public . t(a)FROM STDIN", "public . t", ("a",)),
        ('copy "My ""T""" ("A b", "c,d") from stdin', '"My ""T"""', ('"A b"', '"c,d"')),
        ('copy"t"(a)from stdin', '"t"', ("a",)),
        ("-- why\ncopy t /* (x) */ (\n  a, -- first\n  b\n) from stdin -- end\n;", "t", ("a", "b")),
        ("copy größe (schlüssel) from stdin", "größe", ("schlüssel",)),
    ],
)
def test_copy_from_stdin_takes_rows(text: str, table: str, columns: tuple[str, ...]) -> None:
    (query,) = parse(f"-- name: x :copy\n{text}")
    assert query.copy == CopyIn(table, columns)


def test_the_select_over_the_same_columns_tells_their_types() -> None:
    assert CopyIn('"T"', ("a", '"B"')).select == 'select a, "B" from "T"'


def test_copy_over_a_select_is_a_select() -> None:
    (query,) = parse("-- name: x :copy\nselect 1 -- one\n; -- end\n")
    assert (query.copy, query.statement_sql) == (None, "select 1")


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("copy t from stdin", "doesn't say its columns", 6),
        ("copy t (a) from stdin with (format csv)", "has no options", 23),
        ("copy t (a) from stdin where a > 0", "has no options", 23),
        ("copy t (a) to stdout", "copy t \\(a, b\\) from stdin alone", 1),
        ("copy t (a) from '/tmp/x'", "copy t \\(a, b\\) from stdin alone", 1),
        ("copy t (a,) from stdin", "copy t \\(a, b\\) from stdin alone", 1),
        ("copy t () from stdin", "copy t \\(a, b\\) from stdin alone", 1),
        ("copy (select 1) to stdout", "copy t \\(a, b\\) from stdin alone", 1),
        ("copy t (a) from stdin --? p", "can't have conditional lines", 27),
        ("select :a", "takes no parameters", 8),
    ],
)
def test_any_other_copy_is_refused(text: str, message: str, column: int) -> None:
    with pytest.raises(SqlFileError, match=message) as caught:
        parse(f"-- name: x :copy\n{text}")
    assert (caught.value.line, caught.value.column) == (2, column)


@pytest.mark.parametrize("text", ["copy t (a) from stdin", "copy (select 1) to stdout"])
def test_copying_over_the_connection_needs_the_kind(text: str) -> None:
    with pytest.raises(SqlFileError, match="only a :copy query"):
        parse(f"-- name: x :exec\n{text}")


def test_copying_a_file_of_the_server_s_is_any_command() -> None:
    assert parse("-- name: x :exec\ncopy t from '/x'")[0].copy is None


def test_a_script_takes_no_parameters() -> None:
    with pytest.raises(SqlFileError, match="a :script takes no parameters") as caught:
        parse("-- name: x :script\nselect 1;\nselect :a;")
    assert (caught.value.line, caught.value.column, caught.value.width) == (3, 8, 2)


def test_a_script_has_any_number_of_statements() -> None:
    assert parse("-- name: x :script\nselect 1;\nselect 2;\n")[0].sql == "select 1;\nselect 2;"
