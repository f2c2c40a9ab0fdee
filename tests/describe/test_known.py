from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit.describe import Description, Known, describe
from sqlkit.errors import SourceError
from sqlkit.sqlfile import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.sqlfile import Query

TEXT = """\
-- name: list_users :many
select id, full_name from users where id = :id; -- of one id

-- name: list_posts :many
-- @column body?
select body from posts;

-- name: broken
select nothing;
"""


@pytest.fixture
def closing(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A connection of the test's own."""
    return psycopg.connect(connection.info.dsn, autocommit=True)


def queries(text: str) -> Sequence[Query]:
    return read(text, file="sql/x.sql", module="x").queries


def test_what_is_known_is_not_asked_for_again(closing: psycopg.Connection[Any]) -> None:
    known, text = Known(), TEXT.partition("-- name: broken")[0]
    with closing:
        first = known.describe(closing, queries(text))

    assert known.describe(closing, queries(text)) == first


def test_a_query_that_only_moved_is_known_by_its_new_line(
    closing: psycopg.Connection[Any],
) -> None:
    known, text = Known(), TEXT.partition("-- name: broken")[0]
    with closing:
        known.describe(closing, queries(text))
    moved = known.describe(closing, queries("\n\n" + text))

    assert [one.line for one in moved if isinstance(one, Description)] == [3, 6]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("full_name", "email"),
        ("@column body?", "@column body!"),
        ("of one id", "of another"),
        ("list_users", "all_users"),
        (":many", ":maybe"),
        (":id", ":user_id"),
    ],
)
def test_any_change_is_asked_for(connection: psycopg.Connection[Any], old: str, new: str) -> None:
    known, changed = Known(), queries(TEXT.replace(old, new))
    known.describe(connection, queries(TEXT))

    answers = known.describe(connection, changed)

    assert list(map(str, answers)) == list(map(str, describe(connection, changed)))


def test_what_was_refused_is_asked_for_again(connection: psycopg.Connection[Any]) -> None:
    known = Known()
    assert isinstance(known.describe(connection, queries(TEXT))[2], SourceError)
    connection.execute("create function nothing_at_all() returns int language sql return 1")
    text = TEXT.replace("select nothing", "select nothing_at_all()")
    try:
        assert isinstance(known.describe(connection, queries(text))[2], Description)
    finally:
        connection.execute("drop function nothing_at_all()")


def test_what_is_gone_is_forgotten(closing: psycopg.Connection[Any]) -> None:
    known = Known()
    with closing:
        known.describe(closing, queries(TEXT))
        known.describe(closing, [])

    with pytest.raises(psycopg.OperationalError):
        known.describe(closing, queries(TEXT))
