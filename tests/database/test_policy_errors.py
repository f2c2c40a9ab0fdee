"""What a policy raises when a call has gone well leaves no connection behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sqlkit import sql
from sqlkit.policy import Call, Policy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlkit import AsyncDatabase

    Way = Callable[[AsyncDatabase], Awaitable[Any]]

ONE = sql("select 1", kind="one")


class Raises(Policy):
    """Raises at the end of the next call, as Ctrl-C might do just then."""

    def __init__(self, error: type[BaseException]) -> None:
        self._error = error
        self._is_armed = True

    def leave(self, call: Call, entered: Any) -> None:
        if self._is_armed:
            self._is_armed = False
            raise self._error


async def run(db: AsyncDatabase) -> Any:
    await db.run(ONE)


async def stream(db: AsyncDatabase) -> Any:
    async with db.stream(sql("select 1")):
        pytest.fail("it has failed before")


async def copy(db: AsyncDatabase) -> Any:
    async with db.stream(sql("select 1", kind="copy")):
        pytest.fail("it has failed before")


async def held(db: AsyncDatabase) -> Any:
    async with db.connection():
        pytest.fail("it has failed before")


async def transaction(db: AsyncDatabase) -> Any:
    async with db.transaction():
        pytest.fail("it has failed before")


async def isolated(db: AsyncDatabase) -> Any:
    async with db.transaction(isolation="serializable"):
        pytest.fail("it has failed before")


async def batch(db: AsyncDatabase) -> Any:
    await db.batch([ONE])


@pytest.mark.parametrize("error", [LookupError, KeyboardInterrupt])
@pytest.mark.parametrize("way", [run, stream, copy, held, transaction, isolated, batch])
async def test_the_connection_is_given_back(
    make_both: Callable[..., AsyncDatabase],
    module_url: str,
    way: Way,
    error: type[BaseException],
) -> None:
    policies = [Raises(error)]
    async with make_both(module_url, max_size=1, policies=policies, pool_timeout=2) as db:
        with pytest.raises(error):
            await way(db)
        assert await db.run(ONE) == 1
        async with db.transaction() as tx:
            assert await tx.run(ONE) == 1
        assert db.pool_statistics()["in_use"] == 0
