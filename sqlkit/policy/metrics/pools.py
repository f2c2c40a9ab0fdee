"""Pools and breakers as metrics, read when Prometheus asks."""

from __future__ import annotations

from collections import Counter as Count
from typing import TYPE_CHECKING, NamedTuple

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily

from sqlkit.policy.breaker import Breaker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.metrics_core import Metric

    from sqlkit.policy.pooled import Pooled

STATES = ("closed", "half_open", "open", "forced_closed", "forced_open")


class Reading(NamedTuple):
    """A metric, and the count of `Pooled.pool_statistics` that it shows in units of ``unit``."""

    name: str
    meaning: str
    statistic: str
    unit: float = 1


GAUGES = (
    Reading("max", "Connections that may be open at most", "max_size"),
    Reading("min", "Connections that are kept open at least", "min_size"),
    Reading("pending_requests", "Calls that wait for a connection now", "waiting"),
)
COUNTERS = (
    Reading("requests", "Connections taken out of the pool", "checkouts"),
    Reading("waits", "Calls that had to wait for a connection", "waits"),
    Reading("wait_seconds", "Time spent waiting for a connection", "wait_ms", 1000),
    Reading("timeouts", "Calls that got no connection in time", "timeouts"),
    Reading("refusals", "Calls refused since too many waited already", "exhausted"),
    Reading("opened", "Connections opened", "opened"),
    Reading("open_errors", "Attempts to connect that failed", "failed"),
    Reading("lost", "Connections found broken", "lost"),
)


def families(databases: Iterable[Pooled]) -> Iterator[Metric]:
    """What the databases' pools and breakers say now; those of one name are added up."""
    statistics: dict[str, Count[str]] = {}
    breakers: set[tuple[str, Breaker]] = set()
    for database in databases:
        statistics.setdefault(database.name, Count()).update(database.pool_statistics())
        found = (policy for policy in database.policies if isinstance(policy, Breaker))
        breakers.update((database.name, breaker) for breaker in found)
    yield _connections(statistics)
    for reading in GAUGES:
        gauge = GaugeMetricFamily(_name(reading), reading.meaning, labels=("database",))
        yield _filled(gauge, reading, statistics)
    for reading in COUNTERS:
        counter = CounterMetricFamily(_name(reading), reading.meaning, labels=("database",))
        yield _filled(counter, reading, statistics)
    yield from _breakers(breakers)


def _name(reading: Reading) -> str:
    return f"db_client_connection_{reading.name}"


def _connections(statistics: dict[str, Count[str]]) -> Metric:
    family = GaugeMetricFamily(
        "db_client_connection_count", "Open connections", labels=("database", "state")
    )
    for name, counts in statistics.items():
        family.add_metric((name, "idle"), counts["available"])
        family.add_metric((name, "used"), counts["in_use"])
    return family


def _filled(
    family: GaugeMetricFamily | CounterMetricFamily,
    reading: Reading,
    statistics: dict[str, Count[str]],
) -> Metric:
    for name, counts in statistics.items():
        family.add_metric((name,), counts[reading.statistic] / reading.unit)
    return family


def _breakers(breakers: Iterable[tuple[str, Breaker]]) -> Iterator[Metric]:
    states: Count[tuple[str, str]] = Count()
    opened: Count[str] = Count()
    for name, breaker in breakers:
        now = breaker.statistics()
        states[name, now.state] += 1
        opened[name] += now.opened
    state_family = GaugeMetricFamily(
        "sqlkit_breaker_state", "1 for the state it is in", labels=("database", "state")
    )
    opened_family = CounterMetricFamily(
        "sqlkit_breaker_opened", "How often it opened", labels=("database",)
    )
    for name, count in opened.items():
        opened_family.add_metric((name,), count)
        for state in STATES:
            state_family.add_metric((name, state), states[name, state])
    yield state_family
    yield opened_family
