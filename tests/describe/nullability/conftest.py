"""The precision table: queries, and what is true of each of their columns."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.types.string import TextLoader

from sqlkit.describe import Column, Description, describe
from sqlkit.describe.types import Array, undomained
from sqlkit.errors import NoServer
from sqlkit.sqlfile import read
from sqlkit.testing.server import Server, throwaway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

TABLE = Path(__file__).parent / "table"
SERVERS = ("15", "16", "18")

_ENTRY = re.compile(r"(.*?)^-- =>(.*?)\n", re.DOTALL | re.MULTILINE)
_SINCE = re.compile(r"^-- since (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """A query, and a mark for each column.

    ``!`` is never NULL, ``?`` can be; ``[!]`` and ``[?]`` behind it say so of an array's elements.
    """

    place: str
    sql: str
    marks: tuple[str, ...]
    since: int


def _entries() -> Iterator[Entry]:
    for path in sorted(TABLE.glob("*.sql")):
        text = path.read_text()
        for match in _ENTRY.finditer(text):
            block, marks = match.groups()
            line = text.count("\n", 0, match.end())
            lines = [one for one in block.splitlines() if not one.startswith("--")]
            since = _SINCE.search(block)
            yield Entry(
                f"{path.name}:{line}",
                "\n".join(lines).strip().removesuffix(";"),
                tuple(marks.split()),
                int(since.group(1)) if since else 0,
            )


def _mark(column: Column) -> str:
    """What a description says of a column, as the table writes it."""
    elements = f"[{'!?'[column.null_elements]}]"
    is_array = isinstance(undomained(column.type), Array)
    return "!?"[column.nullable] + (elements if is_array else "")


def _describe_all(
    connection: psycopg.Connection[Any], statements: Sequence[str]
) -> list[Description]:
    """Descriptions of statements that the server must accept."""
    text = "".join(f"-- name: q{n}\n{sql};\n" for n, sql in enumerate(statements))
    parsed = read(text, file="x.sql", module="x")
    assert not parsed.errors
    said = describe(connection, parsed.queries)
    refused = [one for one in said if not isinstance(one, Description)]
    assert not refused, refused
    return [one for one in said if isinstance(one, Description)]


@pytest.fixture(scope="session")
def describe_all() -> Callable[[psycopg.Connection[Any], Sequence[str]], list[Description]]:
    """Describes statements that the server must accept."""
    return _describe_all


@pytest.fixture(scope="session")
def marks_of() -> Callable[[Description], list[str]]:
    """The marks that a description comes to."""
    return lambda description: [_mark(column) for column in description.columns]


@pytest.fixture(scope="session")
def entries() -> list[Entry]:
    """All entries of the table."""
    return list(_entries())


@pytest.fixture(scope="session", params=SERVERS)
def any_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of each version that can be had here."""
    before = os.environ.get("SQLKIT_TEST_PG")
    os.environ["SQLKIT_TEST_PG"] = request.param
    try:
        with throwaway() as server:
            yield server
    except NoServer as reason:
        pytest.skip(f"no PostgreSQL {request.param} here: {str(reason).splitlines()[0]}")
    finally:
        if before is None:
            del os.environ["SQLKIT_TEST_PG"]
        else:
            os.environ["SQLKIT_TEST_PG"] = before


@pytest.fixture(scope="session")
def tables(any_server: Server) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the table's schema with its data, in autocommit."""
    with any_server.database() as url, psycopg.connect(url, autocommit=True) as connection:
        for type_ in ("date", "time", "timestamp", "timestamptz", "json", "jsonb"):
            # Python has no infinity, and the same None for NULL and JSON's null.
            connection.adapters.register_loader(type_, TextLoader)
        connection.execute((TABLE / "schema.sql").read_bytes())
        yield connection
