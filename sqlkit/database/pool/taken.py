"""A connection of a pool, for the length of a ``with`` block.

Classes, not generators: every call enters one, and `contextlib.contextmanager` costs four times as
much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from sqlkit.database import wire
    from sqlkit.database.pool.async_pool import AsyncPool
    from sqlkit.database.pool.pool import Pool


class Taken:
    """Takes a connection and gives it back."""

    __slots__ = ("_conn", "_deadline", "_pool")

    def __init__(self, pool: Pool, deadline: float) -> None:
        self._pool = pool
        self._deadline = deadline

    def __enter__(self) -> wire.PgConnection:
        pool = self._pool
        conn = self._conn = pool.at_hand() or pool.take(self._deadline)
        return conn

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.give(self._conn, error)


class AsyncTaken:
    """`Taken`, awaited."""

    __slots__ = ("_conn", "_deadline", "_pool")

    def __init__(self, pool: AsyncPool, deadline: float) -> None:
        self._pool = pool
        self._deadline = deadline

    async def __aenter__(self) -> wire.AsyncPgConnection:
        pool = self._pool
        conn = self._conn = pool.at_hand() or await pool.take(self._deadline)
        return conn

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.give(self._conn, error)
