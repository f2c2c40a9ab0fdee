from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from sqlkit import Database, sql
from sqlkit.errors import DeadlineExceeded, NoRow
from sqlkit.policy.call import Call
from sqlkit.policy.drive import drive, drive_async
from sqlkit.policy.flow import Chain
from sqlkit.policy.telemetry import Telemetry
from sqlkit.policy.telemetry.spans import BUCKETS
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opentelemetry.sdk.trace import ReadableSpan

GET_USER: Query[Any] = Query(
    name="users.get_user",
    kind="one",
    lines=(Line("select * from users where id = ", 0),),
    parameters=("id",),
    source="sql/users.sql:3",
)


class Collected:
    """Telemetry, and what it exported."""

    def __init__(self, **settings: Any) -> None:
        self.exporter = InMemorySpanExporter()
        self.reader = InMemoryMetricReader()
        self.tracing = TracerProvider()
        self.tracing.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.metering = MeterProvider([self.reader])
        self.policy = Telemetry(
            tracer_provider=self.tracing, meter_provider=self.metering, **settings
        )

    def run(self, call: Call, attempt: Callable[[], Any]) -> Any:
        return drive(Chain([self.policy]), call, attempt)

    def spans(self) -> list[ReadableSpan]:
        return list(self.exporter.get_finished_spans())

    def points(self) -> list[Any]:
        data: Any = self.reader.get_metrics_data()
        return [
            (metric, point)
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            for point in metric.data.data_points
        ]

    def close(self) -> None:
        self.tracing.shutdown()
        self.metering.shutdown()


@pytest.fixture
def collect() -> Iterator[Callable[..., Collected]]:
    made: list[Collected] = []

    def collect(**settings: Any) -> Collected:
        made.append(Collected(**settings))
        return made[-1]

    yield collect
    for collected in made:
        collected.close()


def get_user(args: tuple[Any, ...] = (7,)) -> Call:
    return Call("users.get_user", GET_USER, args, "shop")


def failing(error: BaseException) -> Callable[[], Any]:
    def attempt() -> Any:
        raise error

    return attempt


def test_a_call_is_a_client_span_named_by_its_query(collect: Callable[..., Collected]) -> None:
    collected = collect(namespace="shop_db")
    collected.run(get_user(), lambda: "a row")
    (span,) = collected.spans()
    assert span.name == "users.get_user"
    assert span.kind is SpanKind.CLIENT
    assert dict(span.attributes or {}) == {
        "db.system.name": "postgresql",
        "db.query.summary": "users.get_user",
        "db.query.text": "select * from users where id = $1",
        "db.namespace": "shop_db",
        "sqlkit.database": "shop",
    }
    assert span.status.status_code is StatusCode.UNSET


def test_a_batch_tells_its_size(collect: Callable[..., Collected]) -> None:
    collected = collect()
    batch = Call("batch", None, (), "shop")
    batch.statements = [Statement(GET_USER, (7,)), Statement(GET_USER, (8,))]
    collected.run(batch, list)
    (span,) = collected.spans()
    assert (span.attributes or {})["db.operation.batch.size"] == 2
    ((_, duration),) = collected.points()
    assert "db.operation.batch.size" not in duration.attributes


async def test_a_task_s_call_is_a_span_too(collect: Callable[..., Collected]) -> None:
    collected = collect()

    async def attempt() -> None:
        await asyncio.sleep(0)

    await drive_async(Chain([collected.policy]), get_user(), attempt)
    assert [span.name for span in collected.spans()] == ["users.get_user"]


def test_durations_are_a_histogram_with_the_advised_buckets(
    collect: Callable[..., Collected],
) -> None:
    collected = collect()
    collected.run(get_user(), lambda: "a row")
    collected.run(get_user(), lambda: "a row")
    ((metric, point),) = collected.points()
    assert (metric.name, metric.unit) == ("db.client.operation.duration", "s")
    assert point.count == 2
    assert tuple(point.explicit_bounds) == BUCKETS
    assert dict(point.attributes) == {
        "db.system.name": "postgresql",
        "db.query.summary": "users.get_user",
        "sqlkit.database": "shop",
    }


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            psycopg.errors.UniqueViolation("Key (email)=(a@b.c) already exists."),
            {"error.type": "23505", "db.response.status_code": "23505"},
        ),
        (psycopg.OperationalError("lost"), {"error.type": "OperationalError"}),
        (DeadlineExceeded("late"), {"error.type": "DeadlineExceeded"}),
        (asyncio.CancelledError(), {"error.type": "CancelledError"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_failure_is_marked_without_its_message(
    collect: Callable[..., Collected], error: BaseException, expected: dict[str, str]
) -> None:
    collected = collect()
    with pytest.raises(type(error)):
        collected.run(get_user(), failing(error))
    (span,) = collected.spans()
    ((_, point),) = collected.points()
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description is None
    assert not span.events
    for attributes in (dict(span.attributes or {}), dict(point.attributes)):
        assert {key: attributes.get(key) for key in expected} == expected


def test_an_answer_without_a_row_is_no_failure(collect: Callable[..., Collected]) -> None:
    collected = collect()
    with pytest.raises(NoRow):
        collected.run(get_user(), failing(NoRow("none")))
    (span,) = collected.spans()
    assert span.status.status_code is StatusCode.UNSET
    assert "error.type" not in dict(span.attributes or {})


def test_sql_written_in_place_has_one_name_and_keeps_its_text(
    collect: Callable[..., Collected],
) -> None:
    collected = collect()
    statement = sql("select 'pasted into it'")
    collected.run(Call("sql", statement.query, (), "shop"), list)
    (span,) = collected.spans()
    assert span.name == "ad hoc"
    assert "db.query.text" not in dict(span.attributes or {})


def test_the_text_can_be_left_out(collect: Callable[..., Collected]) -> None:
    collected = collect(text=False)
    collected.run(get_user(), lambda: "a row")
    (span,) = collected.spans()
    assert "db.query.text" not in dict(span.attributes or {})


def test_a_function_is_a_span_around_those_of_its_calls(collect: Callable[..., Collected]) -> None:
    collected = collect()

    @collected.policy
    def transfer(amount: int) -> int:
        collected.run(get_user(), lambda: amount)
        return amount

    assert transfer(5) == 5
    inner, outer = collected.spans()
    assert (inner.name, outer.kind) == ("users.get_user", SpanKind.INTERNAL)
    assert inner.parent is not None
    assert outer.context is not None
    assert inner.parent.span_id == outer.context.span_id
    assert outer.parent is None
    assert [point.count for _, point in collected.points()] == [1]


def test_attempts_are_told_where_there_was_more_than_one(
    collect: Callable[..., Collected],
) -> None:
    collected = collect()
    call = get_user()
    call.attempts = 2
    collected.run(call, lambda: "a row")
    (span,) = collected.spans()
    assert dict(span.attributes or {})["sqlkit.attempts"] == 3


def test_a_call_refused_for_its_arguments_has_a_span_all_the_same(
    collect: Callable[..., Collected],
) -> None:
    collected = collect()
    statement = sql("select 1 --? x", x=True)
    query = replace(statement.query, name="q", source="sql/q.sql:1")
    collected.run(Call("q", query, ("neither",), "shop"), lambda: None)
    assert [span.name for span in collected.spans()] == ["q"]


def test_a_transaction_begins_and_commits_in_spans(
    collect: Callable[..., Collected], database_url: str
) -> None:
    collected = collect()
    with Database(database_url, policies=[collected.policy]) as db, db.transaction() as tx:
        tx.run(sql("select 1"))
    assert [span.name for span in collected.spans()] == ["BEGIN", "ad hoc", "COMMIT"]


def test_without_an_sdk_nothing_is_exported_and_nothing_fails() -> None:
    assert drive(Chain([Telemetry()]), get_user(), lambda: "a row") == "a row"


WITHOUT = """
import sys
sys.modules["opentelemetry"] = None
from sqlkit.policy.telemetry import Telemetry
try:
    Telemetry()
except ImportError as error:
    print(error)
"""


def test_without_opentelemetry_it_says_what_to_install() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True
    )
    assert done.stdout == "Telemetry needs opentelemetry-api: pip install 'sqlkit-pg[otel]'\n"
