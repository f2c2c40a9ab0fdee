"""Trace and time calls for OpenTelemetry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlkit.policy.flow import Policy

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

    from sqlkit.policy.call import Call
    from sqlkit.policy.telemetry.spans import Begun, Spans


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
    _spans: Spans = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            from sqlkit.policy.telemetry.spans import Spans
        except ImportError as error:
            raise ImportError(
                "Telemetry needs opentelemetry-api: pip install 'sqlkit-pg[otel]'"
            ) from error
        spans = Spans(self.tracer_provider, self.meter_provider, self.namespace, text=self.text)
        object.__setattr__(self, "_spans", spans)

    def enter(self, call: Call) -> Begun:
        """Begin the span."""
        return self._spans.begin(call)

    def leave(self, call: Call, entered: Begun) -> None:
        """End the span, and count the time."""
        self._spans.end(call, entered)
