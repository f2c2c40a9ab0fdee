"""SQLSpec over psycopg, with its pool."""

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

AUTOCOMMIT = "SQLSpec, autocommit"
TRANSACTION = "SQLSpec, transaction"
NAMES = (AUTOCOMMIT, TRANSACTION)


@contextmanager
def ways(
    url: str, statement: Statement[Any], arguments: Iterator[dict[str, Any]], *, many: bool = False
) -> Generator[Ways]:
    """A statement with one set of arguments after the other."""
    spec = import_module("sqlspec").SQLSpec()
    adapter = import_module("sqlspec.adapters.psycopg")
    text = with_names(statement)

    def call(config: Any) -> Any:
        with spec.provide_session(config) as session:
            select = session.select if many else session.select_one_or_none
            return select(text, **next(arguments))

    def way(opened: ExitStack, *, autocommit: bool) -> Any:
        options = {"conninfo": url, "min_size": 1, "max_size": 1}
        config = spec.add_config(
            adapter.PsycopgSyncConfig(
                connection_config={**options, "kwargs": {"autocommit": autocommit}}
            )
        )
        opened.callback(config.close_pool)
        return each(lambda: call(config))

    with ExitStack() as opened:
        yield {
            AUTOCOMMIT: way(opened, autocommit=True),
            TRANSACTION: way(opened, autocommit=False),
        }
