"""The database of one command, which is reached at once or not at all."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlkit import Database

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def connected(conninfo: str, **settings: Any) -> Generator[Database]:
    """A database on one connection. Raises psycopg's error if its server isn't there.

    That is not logged as well: the command ends with the error, which says the same.
    """
    log = logging.getLogger("sqlkit")
    log.addFilter(_is_news)
    try:
        with Database(conninfo, max_size=1, startup_timeout=0, **settings) as db:
            yield db
    finally:
        log.removeFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    return getattr(record, "sqlkit_event", None) != "connection_refused"
