from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from sqlkit import sql
from sqlkit.errors import DeadlineExceeded, NoRow
from sqlkit.policy.metrics import Metrics
from sqlkit.policy.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit import AsyncDatabase

COUNT = "db_client_operation_duration_seconds_count"
CONNECTIONS = "db_client_connection_count"


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def sample(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, {"database": "shop", **labels})


async def test_connections_are_seen_used_and_idle(
    make_both: Callable[..., AsyncDatabase], database_url: str, registry: CollectorRegistry
) -> None:
    async with make_both(database_url, name="shop", policies=[Metrics(registry)], max_size=3) as db:
        before = sample(registry, "db_client_connection_requests_total") or 0
        async with db.connection():
            assert sample(registry, CONNECTIONS, state="used") == 1
        assert sample(registry, CONNECTIONS, state="used") == 0
        assert sample(registry, CONNECTIONS, state="idle") == 1
        assert sample(registry, "db_client_connection_max") == 3
        assert sample(registry, "db_client_connection_opened_total") == 1
        assert sample(registry, "db_client_connection_requests_total") == before + 1
    assert sample(registry, CONNECTIONS, state="idle") == 0


async def test_a_scrape_doesn_t_connect(
    make_both: Callable[..., AsyncDatabase], registry: CollectorRegistry
) -> None:
    db = make_both("host=127.0.0.1 port=1 dbname=shop", name="shop", policies=[Metrics(registry)])
    assert b'db_client_connection_max{database="shop"} 10.0' in generate_latest(registry)
    assert sample(registry, "db_client_connection_open_errors_total") == 0
    await db.close()


CONFLICT = """
create function conflict() returns int language plpgsql as
$$ begin raise serialization_failure; end $$
"""


async def test_what_a_database_answers_is_counted_by_outcome(
    make_both: Callable[..., AsyncDatabase], database_url: str, registry: CollectorRegistry
) -> None:
    policies = [Metrics(registry), Retry(attempts=3, base=0.001)]
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(CONFLICT)
    async with make_both(database_url, name="shop", policies=policies) as db:
        await db.run(sql("select generate_series(1, 3)"))
        with pytest.raises(NoRow):
            await db.run(sql("select 1 where false", "one"))
        with pytest.raises(psycopg.errors.DivisionByZero):
            await db.run(sql("select 1 / 0"))
        with pytest.raises(psycopg.errors.SerializationFailure):
            await db.run(sql("select conflict()"))
    for outcome, count in {"ok": 1, "no_row": 1, "error": 2}.items():
        assert sample(registry, COUNT, query="ad hoc", outcome=outcome) == count
    assert sample(registry, "db_client_operation_rows_total", query="ad hoc") == 3
    assert sample(registry, "db_client_operation_retries_total", query="ad hoc") == 2
    for error_class in ("22", "40"):
        errors = "db_client_operation_errors_total"
        assert sample(registry, errors, query="ad hoc", error_class=error_class) == 1


async def test_a_call_whose_time_is_up_is_a_timeout(
    make_both: Callable[..., AsyncDatabase], database_url: str, registry: CollectorRegistry
) -> None:
    policies = [Metrics(registry)]
    async with make_both(database_url, name="shop", policies=policies, timeout=0.2) as db:
        with pytest.raises(DeadlineExceeded):
            await db.run(sql("select pg_sleep(30)"))
    assert sample(registry, COUNT, query="ad hoc", outcome="timeout") == 1


async def test_a_transaction_counts_its_statements_and_its_commit(
    make_both: Callable[..., AsyncDatabase], database_url: str, registry: CollectorRegistry
) -> None:
    made = make_both(database_url, name="shop", policies=[Metrics(registry)])
    async with made as db, db.transaction() as tx:
        await tx.run(sql("select 1"))
    for query in ("begin", "ad hoc", "commit"):
        assert sample(registry, COUNT, query=query, outcome="ok") == 1
