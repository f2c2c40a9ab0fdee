"""One row by primary key: sqlkit beside the same query in hand-written psycopg.

"autocommit" is a pool of autocommit connections, one round trip a call; "transaction" is psycopg's
default, BEGIN, query and COMMIT. Both make named tuples of their rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg.rows import namedtuple_row
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from benchmarks.measure import interleaved, interleaved_async
from sql import users
from sqlkit import AsyncDatabase, Database

if TYPE_CHECKING:
    from benchmarks.measure import Effort, Measured

QUERY = """
select id, email, full_name, settings, billing_address, created_at
from users
where id = %s
"""
BASELINES = ("psycopg, autocommit", "psycopg, transaction")


def sync(url: str, effort: Effort) -> Measured:
    """Threads' side."""
    with Database(url) as db, _pool(url, autocommit=True) as auto, _pool(url) as default:

        def by_hand(pool: ConnectionPool[Any]) -> Any:
            with pool.connection() as conn:
                return conn.execute(QUERY, (7,)).fetchone()

        ways = {
            "sqlkit": lambda: db.run(users.get_user(id=7)),
            BASELINES[0]: lambda: by_hand(auto),
            BASELINES[1]: lambda: by_hand(default),
        }
        return interleaved(ways, effort)


async def asynchronous(url: str, effort: Effort) -> Measured:
    """Tasks' side."""
    auto = _async_pool(url, autocommit=True)
    default = _async_pool(url)
    async with AsyncDatabase(url) as db, auto, default:

        async def by_hand(pool: AsyncConnectionPool[Any]) -> Any:
            async with pool.connection() as conn:
                return await (await conn.execute(QUERY, (7,))).fetchone()

        ways = {
            "sqlkit": lambda: db.run(users.get_user(id=7)),
            BASELINES[0]: lambda: by_hand(auto),
            BASELINES[1]: lambda: by_hand(default),
        }
        return await interleaved_async(ways, effort)


def _pool(url: str, *, autocommit: bool = False) -> ConnectionPool[Any]:
    arguments = {"autocommit": autocommit, "row_factory": namedtuple_row}
    return ConnectionPool(url, min_size=1, kwargs=arguments, open=False)


def _async_pool(url: str, *, autocommit: bool = False) -> AsyncConnectionPool[Any]:
    arguments = {"autocommit": autocommit, "row_factory": namedtuple_row}
    return AsyncConnectionPool(url, min_size=1, kwargs=arguments, open=False)
