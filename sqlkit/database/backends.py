"""Which of a database's queries each server process works on, or did last."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import psycopg

if TYPE_CHECKING:
    from sqlkit.database.wire import AnyConnection

logger = logging.getLogger("sqlkit")

_NUMBER = re.compile(r"\d+")


class Backends:
    """The server processes of a database's connections, by process id."""

    __slots__ = ("_connections",)

    def __init__(self) -> None:
        self._connections: WeakValueDictionary[int, AnyConnection] = WeakValueDictionary()

    def add(self, conn: AnyConnection) -> None:
        """Remember a new connection, for as long as it is there."""
        self._connections[conn.info.backend_pid] = conn

    def report_deadlock(self, conn: AnyConnection, error: BaseException, database: str) -> None:
        """Log whose statements waited for each other; the server only tells their processes.

        Of an error that is no deadlock nothing is said.
        """
        if not isinstance(error, psycopg.errors.DeadlockDetected):
            return
        name = _named(conn) or "a command"
        others = self._others(conn, error.diag.message_detail or "")
        logger.warning(
            "%s: deadlock with %s; rows that are locked in the order of their keys avoid it",
            name,
            " and ".join(others) or "a statement that is none of this database's",
            extra={
                "sqlkit_event": "deadlock",
                "sqlkit_query": name,
                "sqlkit_database": database,
                "sqlkit_sqlstate": error.sqlstate,
                "sqlkit_others": others,
            },
        )

    def _others(self, conn: AnyConnection, detail: str) -> list[str]:
        # The text is translated; that process ids are numbers in it is not.
        pids = {int(number) for number in _NUMBER.findall(detail)} - {conn.info.backend_pid}
        found = [other for pid in pids if (other := self._connections.get(pid)) is not None]
        return sorted(name for name in map(_named, found) if name)


def _named(conn: AnyConnection) -> str | None:
    return conn.query.name if conn.query is not None else None
