"""Psycopg as a good engineer writes it by hand: a pool, and a few lines for each query.

"autocommit" is a pool of autocommit connections, one round trip a call; "transaction" is psycopg's
default: BEGIN, query and COMMIT. Psycopg prepares a statement by itself at its sixth use. Rows are
named tuples. ``msgspec_json`` sets msgspec as psycopg's JSON loader, as its manual shows.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec
from psycopg.rows import namedtuple_row
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, ConnectionPool

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    import psycopg

AUTOCOMMIT = "psycopg, autocommit"
TRANSACTION = "psycopg, transaction"

Args = Any


def pool(
    url: str, *, autocommit: bool = False, size: int = 1, msgspec_json: bool = False
) -> ConnectionPool[Any]:
    """A pool of so many connections, to be opened."""
    configure = _with_msgspec if msgspec_json else None
    arguments = {"autocommit": autocommit, "row_factory": namedtuple_row}
    return ConnectionPool(
        url, min_size=size, max_size=size, kwargs=arguments, configure=configure, open=False
    )


@asynccontextmanager
async def async_pool(
    url: str, *, autocommit: bool = False, size: int = 1
) -> AsyncGenerator[AsyncConnectionPool[Any]]:
    """Tasks' twin of `pool`, with all of its connections open."""
    arguments = {"autocommit": autocommit, "row_factory": namedtuple_row}
    async with AsyncConnectionPool(
        url, min_size=size, max_size=size, kwargs=arguments, open=False
    ) as pool:
        await pool.wait()
        yield pool


def one(pool: ConnectionPool[Any], text: str, args: Args) -> Any:
    """One row."""
    with pool.connection() as conn:
        return conn.execute(text, args).fetchone()


def many(pool: ConnectionPool[Any], text: str, args: Args) -> list[Any]:
    """All rows."""
    with pool.connection() as conn:
        rows: list[Any] = conn.execute(text, args).fetchall()
        return rows


async def one_async(pool: AsyncConnectionPool[Any], text: str, args: Args) -> Any:
    """One row."""
    async with pool.connection() as conn:
        cursor = await conn.execute(text, args)
        return await cursor.fetchone()


def many_times(pool: ConnectionPool[Any], text: str, rows: Sequence[Args]) -> None:
    """A statement for each row, by executemany, in one transaction."""
    with pool.connection() as conn, conn.transaction(), conn.cursor() as cursor:
        cursor.executemany(text, rows)


def copy(
    pool: ConnectionPool[Any], text: str, types: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Rows by COPY; by a binary one with their types set, as psycopg's manual advises."""
    with pool.connection() as conn, conn.cursor() as cursor, cursor.copy(text) as copying:
        if types:
            copying.set_types(types)
        for row in rows:
            copying.write_row(row)


def _with_msgspec(conn: psycopg.Connection[Any]) -> None:
    loads: Callable[[str | bytes], Any] = msgspec.json.decode
    set_json_loads(loads, conn)
