"""What `health` says to a readiness probe."""

from __future__ import annotations

import dataclasses
import signal
from typing import TYPE_CHECKING

import pytest
from psycopg.conninfo import make_conninfo

from sqlkit import AsyncDatabase, Database, Health
from tests.database.pool.conftest import ONE, PID
from tests.patience import within

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.pool.servers import Machine


async def test_a_database_that_is_well_says_how_it_is(
    make_both: Callable[..., AsyncDatabase], own: Machine
) -> None:
    async with make_both(own.url, max_size=3) as database:
        health = await database.health()
    assert health.ok
    assert health.error is None
    assert health.round_trip is not None
    assert 0 < health.round_trip < 1
    assert health.server_version is not None
    assert health.server_version[:2].isdecimal()
    assert (health.in_recovery, health.read_only, health.can_write) == (False, False, True)
    assert health.pool["max_size"] == 3
    with pytest.raises(dataclasses.FrozenInstanceError):
        health.ok = False  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]


async def test_a_server_out_of_reach_is_not_ok_and_raises_nothing(
    make_both: Callable[..., AsyncDatabase], own: Machine
) -> None:
    database = make_both(own.url.replace("postgres@", "postgres:hunter2@"))
    own.stop()
    health = await database.health()
    assert not health.ok
    assert "Connection refused" in str(health.error)
    assert "hunter2" not in repr(health)
    assert health.can_write is None
    own.start()
    assert (await database.health()).ok
    await database.close()
    health = await database.health()
    assert (health.ok, health.error) == (
        False,
        "database 'default' was closed: open() or a with block opens it again",
    )


async def test_an_error_of_a_function_for_the_conninfo_is_only_named(
    make_both: Callable[..., AsyncDatabase],
) -> None:
    def conninfo() -> str:
        raise LookupError("hunter2")

    health = await make_both(conninfo).health()
    assert (health.ok, health.error) == (False, "LookupError")


def test_a_server_that_answers_nothing_is_not_ok_in_time(own: Machine) -> None:
    with Database(own.url) as database:
        pid = database.run(PID)
        own.signal(pid, signal.SIGSTOP)
        try:
            with within(0.8):
                health = database.health(timeout=0.3)
            assert health == Health(
                ok=False, error="no answer within 0.3 s", pool=database.pool_statistics()
            )
        finally:
            own.signal(pid, signal.SIGCONT)
        assert database.health().ok


async def test_a_pool_in_use_is_not_ok(
    make_both: Callable[..., AsyncDatabase], own: Machine
) -> None:
    async with make_both(own.url, max_size=1, name="shop") as database:
        async with database.connection():
            health = await database.health(timeout=0.1)
        assert not health.ok
        assert "no connection of database 'shop' became free within 0.1 s" in str(health.error)
        assert await database.run(ONE) == 1


@pytest.mark.parametrize(
    ("grants", "can_write"),
    [
        ((), False),
        (("grant select on goods to reader",), False),
        (("grant pg_read_all_data to reader",), False),
        (("grant insert on goods to reader",), True),
        (("grant update (name) on goods to reader",), True),
        (("grant truncate on goods to reader",), True),
        (("grant create on schema public to reader",), True),
        (("grant create on database postgres to reader",), True),
        (("grant pg_write_all_data to reader",), True),
        (("alter role reader superuser",), True),
        (("alter table goods owner to reader", "revoke all on goods from reader"), True),
        (("create role writer", "grant writer to reader", "grant delete on goods to writer"), True),
        (
            (
                "create role writer",
                "grant writer to reader",
                "alter role reader noinherit",
                "grant delete on goods to writer",
            ),
            True,
        ),
    ],
)
def test_a_guard_is_told_from_a_role_that_can_t_write(
    own: Machine, grants: tuple[str, ...], *, can_write: bool
) -> None:
    own.execute("revoke create on schema public from public")  # PostgreSQL 14 grants it
    own.execute("create table goods (name text)")
    own.execute("create role reader login")
    try:
        for grant in grants:
            own.execute(grant)
        with Database(make_conninfo(own.url, user="reader"), read_only=True) as database:
            health = database.health()
        assert health.ok, health.error
        assert health.read_only is True
        assert health.can_write is can_write
    finally:
        own.execute("drop table goods; drop owned by reader; drop role reader")
        own.execute("drop role if exists writer")
