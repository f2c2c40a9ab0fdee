"""Two servers, the second one the standby of the first: who is connected to, and who stays so."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from sqlkit import AsyncDatabase, Database, sql
from sqlkit.testing import watch
from tests.database.pool.conftest import ONE, PID
from tests.database.pool.servers import machines
from tests.patience import within

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from tests.database.pool.conftest import Records
    from tests.database.pool.servers import Machine

PORT = sql("select current_setting('port')::int", kind="one")
WRITE = sql("create table t ()", kind="exec")


@contextmanager
def primary_and_standby() -> Generator[tuple[Machine, Machine]]:
    """A primary and its standby."""
    with machines(2, wal_level="replica") as (primary, standby):
        watch.initialize(primary.cluster, time.sleep)
        primary.start()
        primary.copy_to(standby)
        standby.start()
        yield primary, standby


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Machine, Machine]]:
    """A primary and its standby, of this module."""
    with primary_and_standby() as both:
        yield both


async def test_a_write_at_a_standby_replaces_all_connections(
    make_both: Callable[..., AsyncDatabase], pair: tuple[Machine, Machine], logged: Records
) -> None:
    """It was the primary, or its address led to it, when they were opened."""
    async with make_both(pair[1].url, policies=[]) as database:
        pid = await database.run(PID)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await database.run(WRITE)
        assert await database.run(PID) != pid
    (drained,) = logged.of("connection_drained")
    assert drained["levelname"] == "WARNING"


async def test_a_read_only_database_stays_at_its_standby(
    make_both: Callable[..., AsyncDatabase], pair: tuple[Machine, Machine]
) -> None:
    async with make_both(pair[1].url, policies=[], read_only=True) as database:
        pid = await database.run(PID)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await database.run(WRITE)
        assert await database.run(PID) == pid
        health = await database.health()
    assert (health.ok, health.in_recovery, health.read_only) == (True, True, True)


def both_of(pair: tuple[Machine, Machine], attributes: str) -> str:
    """The standby first, so that it is the one that must be left out."""
    return (
        f"host=127.0.0.1,127.0.0.1 port={pair[1].port},{pair[0].port} user=postgres "
        f"dbname=postgres target_session_attrs={attributes}"
    )


async def test_of_several_hosts_the_one_that_was_asked_for_is_taken(
    make_both: Callable[..., AsyncDatabase], pair: tuple[Machine, Machine]
) -> None:
    for attributes, machine in (("read-write", pair[0]), ("standby", pair[1])):
        async with make_both(both_of(pair, attributes)) as database:
            assert await database.run(PORT) == machine.port


def test_after_a_failover_the_pool_follows() -> None:
    with (
        primary_and_standby() as (primary, standby),
        Database(both_of((primary, standby), "read-write"), policies=[]) as database,
    ):
        assert database.run(PORT) == primary.port
        primary.stop(signal.SIGQUIT)
        with pytest.raises(psycopg.OperationalError, match="read-only"):
            database.run(ONE)
        standby.control("promote")
        with within(2):
            database.run(WRITE)
        assert database.run(PORT) == standby.port
