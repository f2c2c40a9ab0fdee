"""Which of a database's queries each server process works on, or did last."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    import psycopg

    from sqlkit.database.driver import AnyConnection
    from sqlkit.policy.call import Call

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

    def report_deadlock(self, call: Call, conn: AnyConnection, error: psycopg.Error) -> None:
        """Log whose statements waited for each other; the server only tells their processes."""
        others = self._others(conn, error.diag.message_detail or "")
        logger.warning(
            "%s: deadlock with %s; rows that are locked in the order of their keys avoid it",
            call.name,
            " and ".join(others) or "a statement that is none of this database's",
            extra={
                "sqlkit_event": "deadlock",
                "sqlkit_query": call.name,
                "sqlkit_database": call.database,
                "sqlkit_sqlstate": error.sqlstate,
                "sqlkit_others": others,
            },
        )

    def _others(self, conn: AnyConnection, detail: str) -> list[str]:
        # The text is translated; that process ids are numbers in it is not.
        pids = {int(number) for number in _NUMBER.findall(detail)} - {conn.info.backend_pid}
        return sorted(name for name in map(self._name, pids) if name)

    def _name(self, pid: int) -> str | None:
        conn = self._connections.get(pid)
        return conn.query.name if conn is not None and conn.query is not None else None
