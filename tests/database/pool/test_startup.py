"""Opening: waiting for a server that starts, and for nothing else."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.database.pool.conftest import ONE, closing
from tests.patience import within

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit import AsyncDatabase
    from tests.database.pool.conftest import Records
    from tests.database.pool.servers import Machine


async def test_opening_waits_for_a_server_that_starts(
    make_both: Callable[..., AsyncDatabase], own: Machine, logged: Records
) -> None:
    own.stop()
    starter = threading.Timer(0.5, own.start)
    starter.start()
    async with make_both(own.url, startup_timeout=20) as database:
        assert await database.run(ONE) == 1
    starter.join()
    assert len(logged.of("connection_awaited")) == 1
    assert len(logged.of("connection_recovered")) == 1


async def test_it_waits_no_longer_than_it_is_told(
    make_both: Callable[..., AsyncDatabase], own: Machine
) -> None:
    own.stop()
    for seconds in (0.0, 0.5):
        said = pytest.raises(psycopg.OperationalError, match="Connection refused")
        async with closing(make_both(own.url, startup_timeout=seconds)) as database:
            with within(seconds + 1), said:
                await database.open()


async def test_a_server_that_refuses_is_not_waited_for(
    make_both: Callable[..., AsyncDatabase], own: Machine
) -> None:
    url = own.url.removesuffix("/postgres") + "/no_such_database"
    said = pytest.raises(psycopg.OperationalError, match="no_such_database")
    async with closing(make_both(url, startup_timeout=20)) as database:
        with within(5), said:
            await database.open()


async def test_the_first_statement_doesn_t_wait_for_a_server(
    make_both: Callable[..., AsyncDatabase], own: Machine
) -> None:
    own.stop()
    async with closing(make_both(own.url, policies=[], startup_timeout=20)) as database:
        with within(5), pytest.raises(psycopg.OperationalError):
            await database.run(ONE)
