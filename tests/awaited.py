"""A sync database with the face of an async one, so that a test is written once for both."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        AsyncIterator,
        Callable,
        Coroutine,
        Iterable,
        Iterator,
    )

    from sqlkit import AsyncDatabase, Connection, Database, HeldConnection, Statement


class Awaited:
    """A sync connection with an async face; what is awaited is done at once."""

    def __init__(self, connection: Connection) -> None:
        self.connection_ = connection

    async def run(self, statement: Statement[Any], **options: Any) -> Any:
        return cast("Database", self.connection_).run(statement, **options)

    async def batch(self, statements: Iterable[Statement[Any]], **options: Any) -> list[Any]:
        return cast("Database", self.connection_).batch(statements, **options)

    @asynccontextmanager
    async def stream(self, statement: Statement[Any], **options: Any) -> AsyncGenerator[Any]:
        with cast("Database", self.connection_).stream(statement, **options) as rows:
            yield each(rows)

    @asynccontextmanager
    async def transaction(self, **options: Any) -> AsyncGenerator[Any]:
        with self.connection_.transaction(**options) as tx:
            yield Awaited(tx)

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Any]:
        with cast("Database", self.connection_).connection() as held:
            yield Awaited(held)

    async def transact(
        self, function: Callable[[Any], Coroutine[Any, Any, Any]], **options: Any
    ) -> Any:
        return cast("Database", self.connection_).transact(
            lambda tx: at_once(function(Awaited(tx))), **options
        )

    def pool_statistics(self) -> Any:
        return cast("Database", self.connection_).pool_statistics()

    async def health(self, **options: Any) -> Any:
        return cast("Database", self.connection_).health(**options)

    async def open(self) -> None:
        cast("Database", self.connection_).open()

    async def close(self) -> None:
        cast("Database", self.connection_).close()

    async def __aenter__(self) -> Awaited:
        cast("Database", self.connection_).__enter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        cast("Database", self.connection_).__exit__(*error)

    @property
    def psycopg(self) -> Any:
        return Psycopg(cast("HeldConnection", self.connection_).psycopg)


class Psycopg:
    """A psycopg connection whose ``execute`` is awaited."""

    def __init__(self, connection: Any) -> None:
        self.info = connection.info
        self._connection = connection

    def fileno(self) -> int:
        return int(self._connection.fileno())

    async def execute(self, *args: Any) -> Any:
        return self._connection.execute(*args)


async def each(rows: Iterator[Any]) -> AsyncIterator[Any]:
    for row in rows:
        yield row


def at_once(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never has to wait."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits for something")


async def together(db: AsyncDatabase, *works: Coroutine[Any, Any, Any]) -> list[Any]:
    """Do several things on a database at once: each in a thread of its own, or as a task."""
    if not isinstance(db, Awaited):
        return await asyncio.gather(*works)
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(len(works)) as threads:
        return await asyncio.gather(*(loop.run_in_executor(threads, at_once, w) for w in works))
