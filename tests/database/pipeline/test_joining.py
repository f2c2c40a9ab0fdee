"""Which calls share a lane: what the server says is a read, and no other."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from sqlkit import AsyncDatabase, sql
from sqlkit.database.pipeline.joining import may_join
from sqlkit.statement import Effects, Query
from tests.database.pipeline.reads import PID, lanes, on_a_lane

READ: Query[Any] = Query(
    name="t.read", lines=(), kind="one", effects=Effects(("public.t",), volatility="stable")
)
TIMEOUT = 30.0


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"kind": "maybe"},
        {"kind": "many"},
        {"timeout": 0.25},
        {"timeout": 30.0},
        {"retry": False},
        {"effects": Effects(volatility="immutable")},
    ],
)
def test_a_read_may_join(change: dict[str, Any]) -> None:
    assert may_join(replace(READ, **change), TIMEOUT)


@pytest.mark.parametrize(
    "change",
    [
        {"effects": None},
        {"effects": Effects(("public.t",), ("public.t",), "volatile")},
        {"effects": Effects(("public.t",), ("public.t",), "stable")},
        {"effects": Effects(("public.t",), volatility="volatile")},
        {"effects": Effects(("public.t",), volatility="stable", locks=True)},
        {"effects": None, "idempotent": True},
        {"kind": "exec"},
        {"kind": "affected"},
        {"kind": "copy"},
        {"kind": "script"},
        {"kind": None},
        {"timeout": 30.1},
        {"timeout": math.inf},
    ],
)
def test_nothing_else_may(change: dict[str, Any]) -> None:
    assert not may_join(replace(READ, **change), TIMEOUT)


async def test_what_may_not_join_is_run_on_a_connection_of_the_pool(db: AsyncDatabase) -> None:
    await on_a_lane(db, PID)
    assert await db.run(sql("select pg_backend_pid()", kind="one")) not in lanes(db)
    async with db.transaction() as tx:
        assert await tx.run(PID) not in lanes(db)


def test_behind_a_pooler_there_is_no_pipeline() -> None:
    with pytest.raises(ValueError, match="needs connections to PostgreSQL itself"):
        AsyncDatabase("dbname=none", pipeline=True, pooler="transaction")
