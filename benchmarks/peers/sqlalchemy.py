"""SQLAlchemy Core's ``text()`` over psycopg, with its pool."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from benchmarks.measure.sample import each
from benchmarks.peers.text import with_names

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from benchmarks.measure.sample import Ways
    from sqlkit import Statement

AUTOCOMMIT = "SQLAlchemy Core, autocommit"
TRANSACTION = "SQLAlchemy Core, transaction"
NAMES = (AUTOCOMMIT, TRANSACTION)


@contextmanager
def ways(
    url: str, statement: Statement[Any], arguments: Iterator[dict[str, Any]], *, many: bool = False
) -> Generator[Ways]:
    """A statement with one set of arguments after the other."""
    sqlalchemy = import_module("sqlalchemy")
    text = sqlalchemy.text(with_names(statement))

    def call(engine: Any) -> Any:
        with engine.connect() as conn:
            rows = conn.execute(text, next(arguments))
            return rows.all() if many else rows.first()

    def way(opened: ExitStack, **options: str) -> Any:
        engine = sqlalchemy.create_engine(dialect_url(url), pool_size=1, **options)
        opened.callback(engine.dispose)
        return each(lambda: call(engine))

    with ExitStack() as opened:
        yield {
            AUTOCOMMIT: way(opened, isolation_level="AUTOCOMMIT"),
            TRANSACTION: way(opened),
        }


def dialect_url(url: str) -> str:
    """A URL that asks SQLAlchemy for psycopg 3."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
