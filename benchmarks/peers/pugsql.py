"""PugSQL, which runs on SQLAlchemy, over psycopg; in autocommit, which it does best."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.measure.sample import each
from benchmarks.peers.sqlalchemy import dialect_url
from benchmarks.peers.text import with_names

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from benchmarks.measure.sample import Ways
    from sqlkit import Statement

AUTOCOMMIT = "PugSQL, autocommit"
NAMES = (AUTOCOMMIT,)


@contextmanager
def ways(
    url: str, statement: Statement[Any], arguments: Iterator[dict[str, Any]], *, many: bool = False
) -> Generator[Ways]:
    """A statement with one set of arguments after the other."""
    pugsql = import_module("pugsql")
    with TemporaryDirectory() as folder:
        header = f"-- :name query {':many' if many else ':one'}\n"
        Path(folder, "query.sql").write_text(header + with_names(statement) + "\n", "utf-8")
        queries = pugsql.module(folder)
    end: Callable[[Any], Any] = _all if many else _same
    queries.connect(dialect_url(url), isolation_level="AUTOCOMMIT", pool_size=1)
    try:
        yield {AUTOCOMMIT: each(lambda: end(queries.query(**next(arguments))))}
    finally:
        engine = queries.engine
        queries.disconnect()
        engine.dispose()


def _all(rows: Iterable[Any]) -> list[Any]:
    return list(rows)


def _same(row: Any) -> Any:
    return row
