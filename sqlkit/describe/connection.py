"""The round trips to PostgreSQL: questions to its catalog one by one, texts many at once.

Texts go in pipeline mode (PostgreSQL manual, libpq, "Pipeline Mode"): what the server says of one
doesn't wait for what it said of the one before. Each begins at the same savepoint, so that a
refused one spoils no other and nothing that one made is there for the next.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
from psycopg import pq
from psycopg.generators import fetch_many, pipeline_communicate
from psycopg.rows import tuple_row
from psycopg.waiting import wait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGresult

Command: TypeAlias = Callable[[], None]

_BACK = b"rollback to savepoint sqlkit"
_TICK = 0.1  # how often, in seconds, an interrupt is seen


class Server:
    """A connection within a transaction that will be rolled back."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._pgconn = connection.pgconn
        # The body is analysed all the same; only the planner's look at it is left out.
        self.execute("set local check_function_bodies = off")
        # Questions to the catalog are quick, but look costly enough to be compiled.
        self.execute("set local jit = off")
        self.execute("set local client_encoding = 'UTF8'")
        # The first temporary thing of a session makes a schema: once, not again for each text.
        # Where none may be made there are no trees either.
        with suppress(psycopg.Error), connection.transaction():
            self.execute("create function pg_temp.sqlkit() returns void language sql as ''")
        self.execute("savepoint sqlkit")

    def execute(self, sql: str, parameters: Sequence[object] | None = None) -> list[Any]:
        """The rows that a question gives, as tuples."""
        cursor = psycopg.Cursor(self._connection, row_factory=tuple_row)
        cursor.execute(sql.encode(), parameters, prepare=False)
        return cursor.fetchall() if cursor.description else []

    def describe(self, texts: Sequence[str]) -> list[PGresult]:
        """What the protocol says of each text's parameters and columns, or the refusal of it."""
        prepare, ask = self._pgconn.send_prepare, self._pgconn.send_describe_prepared
        return self._pipelined(
            [[partial(prepare, b"", text.encode()), partial(ask, b"")] for text in texts]
        )

    def make(self, texts: Sequence[str], question: bytes) -> list[PGresult]:
        """What a question gives after each of these commands, or the refusal of it."""
        send = self._pgconn.send_query_params
        return self._pipelined(
            [[partial(send, text.encode(), None), partial(send, question, None)] for text in texts]
        )

    def _pipelined(self, groups: Sequence[Sequence[Command]]) -> list[PGresult]:
        """Of each group the first result that is an error, else the last."""
        sync = self._pgconn.pipeline_sync
        back = partial(self._pgconn.send_query_params, _BACK, None)
        sent: list[list[Command]] = [[back, *group, sync] for group in groups]
        sent.append([back, sync])
        commands = deque(command for group in sent for command in group)
        try:
            results = iter(wait(_communicate(self._pgconn, commands), self._pgconn.socket, _TICK))
        except BaseException:
            # In the middle of a pipeline not even a rollback can be sent.
            self._connection.close()
            raise
        return [_telling([next(results) for _ in group][1:-1]) for group in sent[:-1]]


def _communicate(pgconn: pq.abc.PGconn, commands: deque[Command]) -> PQGen[list[PGresult]]:
    wanted = len(commands)
    pgconn.enter_pipeline_mode()
    results = yield from pipeline_communicate(pgconn, commands)
    while len(results) < wanted:
        results.append((yield from fetch_many(pgconn)))
    pgconn.exit_pipeline_mode()
    return [result[-1] for result in results]


def _telling(results: Sequence[PGresult]) -> PGresult:
    failed = (result for result in results if result.status == pq.ExecStatus.FATAL_ERROR)
    return next(failed, results[-1])
