"""Count and time calls for Prometheus."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlkit.policy.flow import Policy
from sqlkit.policy.setting import check
from sqlkit.policy.shortcut import Shortcut
from sqlkit.policy.words.outcome import error_class, outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from prometheus_client.registry import CollectorRegistry

    from sqlkit.policy.call import Call
    from sqlkit.policy.metrics.instruments import Instruments
    from sqlkit.policy.pooled import Pooled
    from sqlkit.policy.words.outcome import Outcome

# The boundaries that OpenTelemetry's conventions advise, and some between them.
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Metrics(Policy):
    """Durations, rows, errors and retries by query; pool and breaker when Prometheus asks.

    Needs prometheus_client, and raises ImportError without: ``pip install sqlkit-pg[prometheus]``.
    Belongs outside `Retry`, so that a call counts once.

    ``registry``: None is prometheus_client's own. All `Metrics` of one registry count together, and
    several databases differ by the label ``database``. ``buckets``: upper bounds of durations, in
    seconds. ``queries``: how many get a label of their own, for all databases together; later ones
    are "other queries", and SQL written in place is "ad hoc".
    """

    registry: CollectorRegistry | None = None
    buckets: tuple[float, ...] = BUCKETS
    queries: int = 1000
    _instruments: Instruments = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check(self, "queries", "queries", least=1, whole=True)
        try:
            from sqlkit.policy.metrics import instruments
        except ImportError as error:
            raise ImportError(
                "Metrics needs prometheus_client: pip install 'sqlkit-pg[prometheus]'"
            ) from error
        shared = instruments.shared(self.registry, self.buckets, self.queries)
        object.__setattr__(self, "_instruments", shared)

    def shortcut(self, *, inside: bool) -> Shortcut:
        """The same note."""
        return Shortcut(note=self._note)

    def leave(self, call: Call, entered: Any) -> None:
        """Note down how the call went."""
        error = call.error
        self._note(call, None if error is None else (outcome(error), error_class(error)))

    def _note(self, call: Call, failed: tuple[Outcome, str] | None = None) -> None:
        alike = (call.database, call.name, call.query, failed)
        instruments = self._instruments
        waiting = instruments.waiting
        waiting.append((alike, call.seconds, call.rows, call.attempts))
        if len(waiting) >= instruments.limit:
            instruments.count()

    def attach(self, database: Pooled) -> None:
        """Show the database's pool and breaker too."""
        self._instruments.watch(database)

    def asgi_app(self) -> Callable[..., Any]:
        """An ASGI application that answers a scrape: ``app.mount("/metrics", metrics.asgi_app())``.

        Where PROMETHEUS_MULTIPROC_DIR is set it answers for all processes that share the folder.
        """
        import prometheus_client

        return prometheus_client.make_asgi_app(self._scraped())  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] # half annotated

    def wsgi_app(self) -> Callable[..., Any]:
        """`asgi_app` for WSGI servers."""
        import prometheus_client

        return prometheus_client.make_wsgi_app(self._scraped())  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

    def _scraped(self) -> CollectorRegistry:
        from prometheus_client import REGISTRY, CollectorRegistry
        from prometheus_client.multiprocess import MultiProcessCollector

        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return self.registry or REGISTRY
        everybody = CollectorRegistry()
        MultiProcessCollector(everybody)  # type: ignore[no-untyped-call]
        return everybody
