"""Spans and durations for OpenTelemetry."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from sqlkit.policy import shown
from sqlkit.policy.flow import Policy
from sqlkit.policy.outcome import AD_HOC, label, outcome, sqlstate

if TYPE_CHECKING:
    from contextvars import Token

    from opentelemetry.context import Context
    from opentelemetry.metrics import Histogram, MeterProvider
    from opentelemetry.trace import Span, Tracer, TracerProvider

    from sqlkit.policy.call import Call

# What the conventions advise for db.client.operation.duration.
BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0)

# What a database is asked besides queries.
_OPERATIONS = frozenset({"begin", "commit", "batch"})

_NO_FAILURES = ("ok", "no_row")


class Begun(NamedTuple):
    """What leaving a call needs of entering it; ``attributes`` None for a function."""

    span: Span
    at: float
    attributes: dict[str, str] | None
    token: Token[Context] | None


@dataclass(frozen=True, slots=True)
class Telemetry(Policy):
    """A span for each call, and the histogram ``db.client.operation.duration``.

    By OpenTelemetry's semantic conventions for PostgreSQL clients. ``db.query.summary`` is the
    query's name, ``error.type`` the SQLSTATE or the name of the exception's class. No parameter and
    no message of PostgreSQL's is in a span, nor SQL written in place, into which someone may have
    pasted values; ``text=False`` leaves out the SQL of .sql files too. A decorated function, and
    what `Database.transact` calls, is a span around those of its calls.

    Needs opentelemetry-api, and raises ImportError without: ``pip install sqlkit-pg[otel]``.
    Belongs outside `Retry`, so that a call is one span.

    ``namespace``: PostgreSQL's name of the database, for ``db.namespace``. The providers are the
    global ones unless given.
    """

    text: bool = True
    namespace: str = ""
    tracer_provider: TracerProvider | None = field(default=None, repr=False)
    meter_provider: MeterProvider | None = field(default=None, repr=False)
    _tracer: Tracer = field(init=False, repr=False, compare=False)
    _duration: Histogram = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            from opentelemetry import metrics, trace
        except ImportError as error:
            raise ImportError(
                "Telemetry needs opentelemetry-api: pip install 'sqlkit-pg[otel]'"
            ) from error
        duration = metrics.get_meter("sqlkit", meter_provider=self.meter_provider).create_histogram(
            "db.client.operation.duration",
            unit="s",
            description="Duration of database client operations.",
            explicit_bucket_boundaries_advisory=BUCKETS,
        )
        tracer = trace.get_tracer("sqlkit", tracer_provider=self.tracer_provider)
        object.__setattr__(self, "_tracer", tracer)
        object.__setattr__(self, "_duration", duration)

    def enter(self, call: Call) -> Begun:
        """Begin the span."""
        from opentelemetry.trace import SpanKind

        at = perf_counter()
        if call.query is None and not (call.database and call.name in _OPERATIONS):
            return self._enter_function(call, at)
        attributes = self._attributes(call)
        text = self._text(call)
        span = self._tracer.start_span(
            attributes.get("db.query.summary", attributes.get("db.operation.name", "postgresql")),
            kind=SpanKind.CLIENT,
            attributes={**attributes, "db.query.text": text} if text else attributes,
        )
        return Begun(span, at, attributes, None)

    def leave(self, call: Call, entered: Begun) -> None:
        """End the span, and count the time."""
        span, at, attributes, token = entered
        failed = _failure(call.error)
        if failed:
            _mark(span, failed)
        if call.attempts > 1:
            span.set_attribute("sqlkit.attempts", call.attempts)
        if attributes is not None:
            self._duration.record(perf_counter() - at, {**attributes, **failed})
        if token is not None:
            from opentelemetry import context

            context.detach(token)
        span.end()

    def _enter_function(self, call: Call, at: float) -> Begun:
        from opentelemetry import context, trace

        span = self._tracer.start_span(call.name)
        return Begun(span, at, None, context.attach(trace.set_span_in_context(span)))

    def _attributes(self, call: Call) -> dict[str, str]:
        attributes = {"db.system.name": "postgresql"}
        if call.query is None:
            attributes["db.operation.name"] = call.name.upper()
        else:
            attributes["db.query.summary"] = label(call.name, call.query)
        if self.namespace:
            attributes["db.namespace"] = self.namespace
        if call.database:
            attributes["sqlkit.database"] = call.database
        return attributes

    def _text(self, call: Call) -> str:
        return shown.sql(call) if self.text and label(call.name, call.query) != AD_HOC else ""


def _failure(error: BaseException | None) -> dict[str, str]:
    if error is None or outcome(error) in _NO_FAILURES:
        return {}
    state = sqlstate(error)
    if state is None:
        return {"error.type": type(error).__name__}
    return {"error.type": state, "db.response.status_code": state}


def _mark(span: Span, failed: dict[str, str]) -> None:
    from opentelemetry.trace import StatusCode

    span.set_attributes(failed)
    span.set_status(StatusCode.ERROR)
