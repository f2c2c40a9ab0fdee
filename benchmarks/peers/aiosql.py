"""aiosql over psycopg, with psycopg's own pool."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from benchmarks.measure.sample import each
from benchmarks.peers import by_hand
from benchmarks.peers.text import with_names

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from benchmarks.measure.sample import Ways
    from sqlkit import Statement

AUTOCOMMIT = "aiosql, autocommit"
TRANSACTION = "aiosql, transaction"
NAMES = (AUTOCOMMIT, TRANSACTION)


@contextmanager
def ways(
    url: str, statement: Statement[Any], arguments: Iterator[dict[str, Any]], *, many: bool = False
) -> Generator[Ways]:
    """A statement with one set of arguments after the other."""
    aiosql = import_module("aiosql")
    header = f"-- name: query{'' if many else '^'}\n"
    queries = aiosql.from_str(
        header + with_names(statement) + ";\n", "psycopg", mandatory_parameters=False
    )
    end: Callable[[Any], Any] = _all if many else _same
    with by_hand.pool(url, autocommit=True) as auto, by_hand.pool(url) as default:

        def call(pool: Any) -> Any:
            with pool.connection() as conn:
                return end(queries.query(conn, **next(arguments)))

        yield {AUTOCOMMIT: each(lambda: call(auto)), TRANSACTION: each(lambda: call(default))}


def _all(rows: Iterable[Any]) -> list[Any]:
    return list(rows)


def _same(row: Any) -> Any:
    return row
