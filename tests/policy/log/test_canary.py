"""No password and no parameter's value appears anywhere, unless someone asks for it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry, generate_latest
from psycopg.conninfo import make_conninfo

from sqlkit import sql
from sqlkit.errors import SqlkitError
from sqlkit.policy.breaker import Breaker
from sqlkit.policy.call import Call
from sqlkit.policy.drive import drive
from sqlkit.policy.flow import Chain, Policy
from sqlkit.policy.log import Log
from sqlkit.policy.metrics import Metrics
from sqlkit.policy.retry import Retry
from sqlkit.policy.telemetry import Telemetry
from sqlkit.policy.timeout import Timeout
from sqlkit.statement import Line, Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlkit import AsyncDatabase, Statement

CANARY = "canary-8c1f"


class Everything(logging.Handler):
    """All that a record holds, as text."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += [self.format(record), repr(vars(record))]


@pytest.fixture
def logged() -> Iterator[list[str]]:
    handler, root, ours = Everything(), logging.getLogger(), logging.getLogger("sqlkit")
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    ours.setLevel(logging.DEBUG)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(before)
    ours.setLevel(logging.NOTSET)


class Observed:
    """A chain of all policies, and what it tells of calls besides logs."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.exporter = InMemorySpanExporter()
        self.reader = InMemoryMetricReader()
        self.tracing = TracerProvider()
        self.tracing.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.metering = MeterProvider([self.reader])
        self.policies: list[Policy] = [
            Log(slow=0.0),
            Metrics(self.registry),
            Telemetry(tracer_provider=self.tracing, meter_provider=self.metering),
            Timeout(10.0),
            Retry(attempts=2, base=0.001),
            Breaker(),
        ]

    def told(self) -> str:
        spans = [span.to_json() for span in self.exporter.get_finished_spans()]
        metrics = self.reader.get_metrics_data()
        scraped = generate_latest(self.registry).decode()
        return "\n".join([*spans, metrics.to_json() if metrics else "", scraped])

    def close(self) -> None:
        self.tracing.shutdown()
        self.metering.shutdown()


@pytest.fixture
def observed() -> Iterator[Observed]:
    observed = Observed()
    yield observed
    observed.close()


def refused(value: str) -> list[Statement[Any]]:
    """Statements that are answered with the value in message, detail, context or hint."""
    insert = "insert into secrets values (:value)"
    return [
        sql(insert, "affected", value=value),
        sql(insert, "affected", value=value),
        sql("select :value::text::int", "one", value=value),
        sql("select :value::text::jsonb", "one", value=value),
        sql("select :value::text::regclass", "one", value=value),
        sql("select set_config('role', :value, false)", "one", value=value),
        sql("select :value::int", "one", value=value),
        sql("select 1 where :value::text = ''", "one", value=value),
    ]


async def test_nothing_tells_a_value_or_a_password(
    make_both: Callable[..., AsyncDatabase],
    database_url: str,
    observed: Observed,
    logged: list[str],
) -> None:
    password = CANARY + "-password"
    conninfo = make_conninfo(database_url, password=password)
    messages: list[str] = []
    async with make_both(conninfo, policies=observed.policies) as db:
        table = "create table secrets (value text primary key)"
        await db.run(sql(table, "exec"))
        for statement in refused(CANARY):
            try:
                await db.run(statement)
            except (psycopg.Error, SqlkitError) as error:
                messages += [str(error), repr(error.__cause__)]
            assert CANARY not in repr(statement) + repr(statement.query)
        async with db.transaction() as tx:
            await tx.run(sql("select :value::text", "one", value=CANARY))
        await db.batch(sql("select :value::text", "one", value=CANARY) for _ in range(3))
        assert CANARY not in repr(db) + repr(observed.policies) + repr(Chain(observed.policies))
        told = observed.told()
    assert CANARY in "".join(messages), "PostgreSQL tells it, so there is something to keep back"
    assert password not in "".join(messages)
    assert len(logged) >= 20
    assert CANARY not in "".join(logged)
    assert 'error_class="23"' in told
    assert '"db.response.status_code": "23505"' in told
    assert CANARY not in told


async def test_a_server_out_of_reach_tells_no_password(
    make_both: Callable[..., AsyncDatabase], observed: Observed, logged: list[str]
) -> None:
    conninfo = f"host=127.0.0.1 port=1 dbname=shop user=ann password={CANARY}"
    db = make_both(conninfo, policies=observed.policies, pool_timeout=0.5, connect_timeout=0.5)
    with pytest.raises((psycopg.OperationalError, SqlkitError)) as caught:
        await db.run(sql("select 1"))
    await db.close()
    assert CANARY not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r} {db!r}"
    assert logged
    assert CANARY not in "".join(logged) + observed.told()


def test_a_decorated_function_keeps_its_arguments_to_itself(
    observed: Observed, logged: list[str]
) -> None:
    def login(password: str) -> None:
        raise PermissionError(password)

    for policy in (Log(parameters=True), *observed.policies):
        login = policy(login)
    with pytest.raises(PermissionError):
        login(CANARY)
    assert "PermissionError" in "".join(logged)
    assert CANARY not in "".join(logged) + observed.told()


def test_a_value_is_logged_by_name_once_someone_asks_for_it(logged: list[str]) -> None:
    query: Query[Any] = Query(name="q", lines=(Line("select ", 0),), parameters=("value",))
    drive(Chain([Log(parameters=True)]), Call("q", query, (CANARY,)), lambda: None)
    assert f"'sqlkit_parameters': {{'value': \"'{CANARY}'\"}}" in "".join(logged)
