"""The precision table against what is described, and against what its queries really give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlkit.describe import Description

    Table = Sequence[tuple[str, str, tuple[str, ...]]]

MOST_NEEDLESS = 0.02
EMPTIED = b"""
truncate users, posts, comments, parents, parts, unwatched, watched cascade;
refresh materialized view post_counts;
"""


@pytest.fixture
def table(entries: Sequence[Any], tables: psycopg.Connection[Any]) -> Table:
    """Place, statement and marks of all entries that this server understands."""
    major = tables.info.server_version // 10000
    return [
        (one.place, one.sql, one.marks)
        for one in entries
        if one.since <= major and (_has_xml(tables) or "xml" not in one.sql)
    ]


def _has_xml(connection: psycopg.Connection[Any]) -> bool:
    try:
        connection.execute("select xmlcomment('')")
    except psycopg.errors.FeatureNotSupported:
        return False
    return True


def test_the_table_is_long_enough(entries: Sequence[Any]) -> None:
    assert len(entries) >= 150


def test_nothing_is_called_not_null_that_can_be_and_little_the_other_way_round(
    table: Table,
    tables: psycopg.Connection[Any],
    marks_of: Callable[[Description], list[str]],
    describe_all: Callable[[psycopg.Connection[Any], list[str]], list[Description]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong: list[str] = []
    needless: list[str] = []
    columns = truly_nullable = 0
    described = describe_all(tables, [sql for _, sql, _ in table])
    for (place, sql, marks), description in zip(table, described, strict=True):
        said = marks_of(description)
        assert len(said) == len(marks), f"{place}: {len(said)} columns\n{sql}"
        columns += len(marks)
        truly_nullable += sum("?" in mark for mark in marks)
        for number, (one, truth) in enumerate(zip(said, marks, strict=True), 1):
            assert len(one) == len(truth), f"{place}: column {number} is {one}, {truth} is expected"
            pairs = set(zip(one, truth, strict=True))
            line = f"{place}: column {number} is {truth}, called {one}\n{sql}"
            wrong += [line] * (("!", "?") in pairs)
            needless += [line] * (("?", "!") in pairs)
    share = len(needless) / columns
    with capsys.disabled():
        print(  # noqa: T201 - the numbers are for CI's log
            f"\nPostgreSQL {tables.info.server_version // 10000}: {len(table)} queries, {columns} "
            f"columns, {truly_nullable} of them nullable; wrong {len(wrong)}, "
            f"needless {len(needless)} ({share:.1%})"
        )
    assert not wrong, "\n\n".join(wrong)
    assert share <= MOST_NEEDLESS, "\n\n".join(needless)


def test_the_table_is_true(table: Table, tables: psycopg.Connection[Any]) -> None:
    seen: dict[str, list[set[str]]] = {place: [set() for _ in marks] for place, _, marks in table}
    for emptied in (b"", EMPTIED):
        for place, sql, _ in table:
            for number, what in _nulls(tables, emptied, sql):
                seen[place][number].add(what)
    lies = [
        f"{place}: column {number} gave {what}\n{sql}"
        for place, sql, marks in table
        for number, mark in enumerate(marks)
        for what in seen[place][number]
        if (mark[0] if what == "NULL" else mark[1:]) in ("!", "[!]")
    ]
    assert not lies, "\n\n".join(lies)


def _nulls(
    connection: psycopg.Connection[Any], before: bytes, sql: str
) -> Iterator[tuple[int, str]]:
    """Where a statement gives NULL: numbers of columns, and whether in a value or in an array."""
    with connection.transaction(force_rollback=True):
        if before:
            connection.execute(before)
        rows = connection.execute(sql.encode()).fetchall()
    for row in rows:
        for number, value in enumerate(row):
            if value is None:
                yield number, "NULL"
            elif _holds_null(value):
                yield number, "a NULL element"


def _holds_null(value: Any) -> bool:
    if value.__class__ is not list:
        return False
    return any(one is None or _holds_null(one) for one in value)
