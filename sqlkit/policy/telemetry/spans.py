"""Spans and durations by OpenTelemetry's semantic conventions for PostgreSQL clients."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from opentelemetry import context, metrics, trace
from opentelemetry.trace import SpanKind, StatusCode

from sqlkit.policy.words.label import AD_HOC, label, sql
from sqlkit.policy.words.outcome import outcome, sqlstate

if TYPE_CHECKING:
    from contextvars import Token

    from opentelemetry.context import Context
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import Span, TracerProvider

    from sqlkit.policy.call import Call

# What the conventions advise for db.client.operation.duration.
BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0)

# What a database is asked besides queries.
_OPERATIONS = frozenset({"begin", "commit", "batch"})

_NO_FAILURES = ("ok", "no_row")


class Begun(NamedTuple):
    """A span that has begun, and when; ``attributes`` of its duration, None for a function's."""

    span: Span
    at: float
    attributes: dict[str, str] | None
    token: Token[Context] | None


class Spans:
    """Begins and ends the spans of calls."""

    def __init__(
        self,
        tracer_provider: TracerProvider | None,
        meter_provider: MeterProvider | None,
        namespace: str,
        *,
        text: bool,
    ) -> None:
        self._namespace = namespace
        self._has_text = text
        self._tracer = trace.get_tracer("sqlkit", tracer_provider=tracer_provider)
        meter = metrics.get_meter("sqlkit", meter_provider=meter_provider)
        self._duration = meter.create_histogram(
            "db.client.operation.duration",
            unit="s",
            description="Duration of database client operations.",
            explicit_bucket_boundaries_advisory=BUCKETS,
        )

    def begin(self, call: Call) -> Begun:
        """Begin a call's span. That of a function is the current one while the function runs."""
        at = perf_counter()
        if call.query is None and not (call.database and call.name in _OPERATIONS):
            span = self._tracer.start_span(call.name)
            return Begun(span, at, None, context.attach(trace.set_span_in_context(span)))
        name, attributes = self._described(call)
        alone: dict[str, str | int] = {}  # not of the duration, whose attributes must be few
        if text := self._text(call):
            alone["db.query.text"] = text
        if len(call.statements) > 1:  # fewer are no batch to the conventions
            alone["db.operation.batch.size"] = len(call.statements)
        span = self._tracer.start_span(
            name, kind=SpanKind.CLIENT, attributes={**attributes, **alone}
        )
        return Begun(span, at, attributes, None)

    def end(self, call: Call, begun: Begun) -> None:
        """End a call's span, and count the time that it took."""
        span, at, attributes, token = begun
        failed = _failure(call.error)
        if failed:
            span.set_attributes(failed)
            span.set_status(StatusCode.ERROR)
        if call.attempts > 1:
            span.set_attribute("sqlkit.attempts", call.attempts)
        if attributes is not None:
            self._duration.record(perf_counter() - at, {**attributes, **failed})
        if token is not None:
            context.detach(token)
        span.end()

    def _described(self, call: Call) -> tuple[str, dict[str, str]]:
        if call.query is None:
            key, name = "db.operation.name", call.name.upper()
        else:
            key, name = "db.query.summary", label(call.name, call.query)
        attributes = {"db.system.name": "postgresql", key: name}
        if self._namespace:
            attributes["db.namespace"] = self._namespace
        if call.database:
            attributes["sqlkit.database"] = call.database
        return name, attributes

    def _text(self, call: Call) -> str:
        if not self._has_text or label(call.name, call.query) == AD_HOC:
            return ""
        return sql(call)


def _failure(error: BaseException | None) -> dict[str, str]:
    if error is None or outcome(error) in _NO_FAILURES:
        return {}
    state = sqlstate(error)
    if state is None:
        return {"error.type": type(error).__name__}
    return {"error.type": state, "db.response.status_code": state}
