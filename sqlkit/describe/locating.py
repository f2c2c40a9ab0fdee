"""Asks the server for analysed queries that say where in the text each node stands.

What a function's body is stored as leaves that out from PostgreSQL 17 on. What `debug_print_parse`
logs doesn't, and a session may have its own log sent to it (PostgreSQL manual, "Error Reporting and
Logging"). The server's log gets it too, where it isn't ours to say, so this is for few queries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import pq

from sqlkit.describe.tree import read_query

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg
    from psycopg.errors import Diagnostic

    from sqlkit.describe.tree import Tree

_TITLE = "parse tree:"
_WIDTH = 78  # LINELEN in print.c


class Locating:
    """A connection, within a transaction that will be rolled back, that gives such trees."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._heard: list[str] = []
        if connection.info.parameter_status("is_superuser") == "on":
            connection.execute("set local log_min_messages = panic")
        connection.execute("set local debug_pretty_print = off")

    def tree(self, sql: str, parameters: Sequence[int]) -> Tree | None:
        """The analysed query with its places, in bytes; None if the server doesn't tell."""
        connection = self._connection
        with connection.transaction(force_rollback=True):
            connection.execute("set local client_min_messages = log")
            connection.execute("set local debug_print_parse = on")
            connection.add_notice_handler(self._hear)
            try:
                self._heard.clear()
                parsed = connection.pgconn.prepare(b"", sql.encode(), parameters)
            finally:
                connection.remove_notice_handler(self._hear)
        if parsed.status != pq.ExecStatus.COMMAND_OK or not self._heard:
            return None
        try:
            return read_query(_unwrapped(self._heard[0]))
        except ValueError:  # of a word as long as a line it isn't clear where it ends
            return None

    def _hear(self, notice: Diagnostic) -> None:
        if notice.message_primary == _TITLE and notice.message_detail:
            self._heard.append(notice.message_detail)


def _unwrapped(lines: str) -> str:
    """The tree before it was wrapped: at spaces, and within words only where there are none."""
    whole = "".join(
        line if len(line) == _WIDTH and " " not in line else f"{line} "
        for line in lines.rstrip().split("\n")
    )
    return whole.rstrip()
