"""A session's own way of waiting, as what sends on its connection is given it."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from psycopg.abc import PQGen

    from sqlkit.statement import Query

R = TypeVar("R")


class Wait(Protocol):
    """Runs a generator on the session's connection, within its timeout and deadlines."""

    def __call__(
        self, gen: PQGen[R], query: Query[Any] | None = None, deadline: float = inf, /
    ) -> R:
        """What the generator gives. Raises psycopg's errors and `DeadlineExceeded`."""
        ...


class AsyncWait(Protocol):
    """`Wait`, awaited."""

    async def __call__(
        self, gen: PQGen[R], query: Query[Any] | None = None, deadline: float = inf, /
    ) -> R:
        """What the generator gives. Raises psycopg's errors and `DeadlineExceeded`."""
        ...
