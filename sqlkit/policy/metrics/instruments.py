"""The metrics of one registry of prometheus_client, and the calls that wait to be counted in them.

Names follow OpenTelemetry's conventions for database clients in Prometheus' spelling. A call is
only noted down when it ends; the notes are counted some hundred at once, and before each scrape,
which costs a fraction of counting one by one.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary, WeakSet

from prometheus_client import REGISTRY, Counter
from prometheus_client.registry import Collector, CollectorRegistry

from sqlkit.policy.metrics.bounded import Bounded
from sqlkit.policy.metrics.durations import Durations
from sqlkit.policy.metrics.pools import families
from sqlkit.policy.words.label import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from prometheus_client.metrics_core import Metric

    from sqlkit.policy.pooled import Pooled
    from sqlkit.policy.words.outcome import Outcome
    from sqlkit.statement import Query

# So many calls may wait. Other processes' scrapes read what was counted and can't ask for more.
WAITING = 1 if "PROMETHEUS_MULTIPROC_DIR" in os.environ else 256

_ERROR_CLASSES = 100

# What is alike in calls that count together: database, name, query, and for a call that failed its
# outcome and the class of its error.
Alike: TypeAlias = "tuple[str, str, Query[Any] | None, tuple[Outcome, str] | None]"
# A call: what it has in common with others, then seconds, rows and attempts.
Note: TypeAlias = tuple[Alike, float, int, int]


class Series(NamedTuple):
    """What calls of one database, query and outcome are counted in."""

    durations: Durations
    rows: Counter
    retries: Counter


class Instruments(Collector):
    """What every `Metrics` of one registry shares."""

    def __init__(self, buckets: tuple[float, ...], queries: int) -> None:
        self.buckets = buckets
        self.queries = queries
        self.waiting: list[Note] = []
        self.limit = WAITING
        self._lock = threading.RLock()  # a finalizer may end a call in the midst of counting
        self._series: dict[tuple[str, str, str], Series] = {}
        self._databases: WeakSet[Pooled] = WeakSet()
        self._query = Bounded(queries, "other queries")
        self._error_class = Bounded(_ERROR_CLASSES, "other errors")
        labels = ("database", "query")
        self._durations = Durations(
            "db_client_operation_duration_seconds",
            "Time that calls took, with all their attempts and waits",
            (*labels, "outcome"),
            buckets=buckets,
            registry=None,
        )
        self._rows = _counter("rows", "Rows that calls gave or changed", *labels)
        self._retries = _counter("retries", "Attempts after the first one", *labels)
        self._errors = _counter(
            "errors", "Calls that failed, by SQLSTATE class or error", *labels, "error_class"
        )

    def watch(self, database: Pooled) -> None:
        """Show this database's pool and breaker, for as long as it lives."""
        with self._lock:
            self._databases.add(database)

    def count(self) -> None:
        """Count all calls that wait."""
        with self._lock:
            noted = self.waiting[:]
            del self.waiting[: len(noted)]  # what was noted meanwhile stays
            self._count(noted)

    def _count(self, notes: Iterable[Note]) -> None:
        groups: defaultdict[Alike, list[Note]] = defaultdict(list)
        for note in notes:
            groups[note[0]].append(note)
        for (database, name, query, failed), group in groups.items():
            outcome, error_class = failed or ("ok", "")
            labels = (database, self._query(label(name, query)))
            series = self._series.get((*labels, outcome)) or self._begin(*labels, outcome)
            _, seconds, rows, attempts = zip(*group, strict=True)
            series.durations.observe_all(seconds)
            series.rows.inc(sum(rows))
            series.retries.inc(sum(attempts) - len(group))
            if outcome not in ("ok", "no_row"):
                self._errors.labels(*labels, self._error_class(error_class)).inc(len(group))

    def _begin(self, database: str, query: str, outcome: str) -> Series:
        series = self._series[database, query, outcome] = Series(
            self._durations.labels(database, query, outcome),
            self._rows.labels(database, query),
            self._retries.labels(database, query),
        )
        return series

    def collect(self) -> Iterator[Metric]:
        """What a scrape shows."""
        self.count()
        for metric in (self._durations, self._rows, self._retries, self._errors):
            yield from metric.collect()
        with self._lock:
            databases = list(self._databases)
        yield from families(databases)

    def describe(self) -> Iterator[Metric]:
        """The same without numbers, so that a registry knows the names."""
        for metric in (self._durations, self._rows, self._retries, self._errors):
            yield from metric.describe()
        yield from families(())


def _counter(name: str, meaning: str, *labels: str) -> Counter:
    return Counter(f"db_client_operation_{name}", meaning, labels, registry=None)


_shared: WeakKeyDictionary[CollectorRegistry, Instruments] = WeakKeyDictionary()
_sharing = threading.Lock()


def shared(
    registry: CollectorRegistry | None, buckets: tuple[float, ...], queries: int
) -> Instruments:
    """The registry's instruments, made when first asked for; None is prometheus_client's own.

    Raises ValueError if they were made with other settings, or if something else has their names.
    """
    registry = registry or REGISTRY
    with _sharing:
        found = _shared.get(registry)
        if found is None:
            found = Instruments(buckets, queries)
            registry.register(found)
            _shared[registry] = found
    if (found.buckets, found.queries) != (buckets, queries):
        raise ValueError("Metrics of one registry need the same buckets and queries")
    return found
