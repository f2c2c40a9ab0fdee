"""What the dashboard shows: its graphs and the columns of its table, in PromQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

# In each expression: WHERE is the choice of databases, TIME the width of a rate.
WHERE = 'database=~"$database"'
TIME = "[$__rate_interval]"
TIMED_OUT = ', outcome="timeout"'
DURATION = "db_client_operation_duration_seconds"
OPERATION = "db_client_operation"
CONNECTION = "db_client_connection"


class Graph(NamedTuple):
    """A panel: title, unit, what it means, and its lines as pairs of legend and expression."""

    title: str
    unit: str
    meaning: str
    lines: Sequence[tuple[str, str]]


def rate(metric: str, by: str, where: str = "") -> str:
    """What a counter grows by in a second, added up over instances."""
    return f"sum by ({by}) (rate({metric}{{{WHERE}{where}}}{TIME}))"


def quantile(share: float) -> str:
    """How long the given share of calls takes at most."""
    return f"histogram_quantile({share}, {rate(f'{DURATION}_bucket', 'le')})"


def now(metric: str, by: str = "database") -> str:
    """A gauge, added up over instances."""
    return f"sum by ({by}) ({metric}{{{WHERE}}})"


CALLS = (
    Graph(
        "Calls",
        "reqps",
        "Calls a second by how they ended",
        [("{{outcome}}", rate(f"{DURATION}_count", "outcome"))],
    ),
    Graph(
        "Duration",
        "s",
        "With all attempts and waits",
        [("half", quantile(0.5)), ("95 of 100", quantile(0.95)), ("99 of 100", quantile(0.99))],
    ),
    Graph(
        "Errors",
        "reqps",
        "By SQLSTATE class, or error",
        [("{{error_class}}", rate(f"{OPERATION}_errors_total", "error_class"))],
    ),
    Graph(
        "Time by query",
        "s",
        "Seconds spent in a query in each second: where tuning pays most",
        [("{{query}}", f"topk(10, {rate(f'{DURATION}_sum', 'query')})")],
    ),
    Graph(
        "Rows by query",
        "rowsps",
        "Rows given or changed",
        [("{{query}}", f"topk(10, {rate(f'{OPERATION}_rows_total', 'query')})")],
    ),
    Graph(
        "Retries and timeouts",
        "reqps",
        "Attempts after the first, and calls whose deadline passed",
        [
            ("retries of {{query}}", f"topk(10, {rate(f'{OPERATION}_retries_total', 'query')})"),
            (
                "timeouts of {{query}}",
                f"topk(10, {rate(f'{DURATION}_count', 'query', TIMED_OUT)})",
            ),
        ],
    ),
)

POOL = (
    Graph(
        "Connections",
        "short",
        "Of all instances together",
        [
            ("{{database}} {{state}}", now(f"{CONNECTION}_count", "database, state")),
            ("{{database}} at most", now(f"{CONNECTION}_max")),
            ("{{database}} at least", now(f"{CONNECTION}_min")),
        ],
    ),
    Graph(
        "Waiting for a connection",
        "short",
        "Calls that wait now; if it isn't near 0, the pool is too small or its calls too slow",
        [("{{database}}", now(f"{CONNECTION}_pending_requests"))],
    ),
    Graph(
        "Wait for a connection",
        "s",
        "On average, over all calls",
        [
            (
                "{{database}}",
                rate(f"{CONNECTION}_wait_seconds_total", "database")
                + " / "
                + rate(f"{CONNECTION}_requests_total", "database"),
            )
        ],
    ),
    Graph(
        "No connection",
        "reqps",
        "Calls that got none: in time, or at once since too many waited already",
        [
            ("{{database}} in time", rate(f"{CONNECTION}_timeouts_total", "database")),
            ("{{database}} at once", rate(f"{CONNECTION}_refusals_total", "database")),
        ],
    ),
    Graph(
        "Connections opened and lost",
        "cps",
        "A healthy pool opens few and loses none",
        [
            ("{{database}} opened", rate(f"{CONNECTION}_opened_total", "database")),
            ("{{database}} could not open", rate(f"{CONNECTION}_open_errors_total", "database")),
            ("{{database}} lost", rate(f"{CONNECTION}_lost_total", "database")),
        ],
    ),
    Graph(
        "Breakers that are not closed",
        "short",
        "How many instances refuse calls, or only try some",
        [
            (
                "{{database}} {{state}}",
                f'sum by (database, state) (sqlkit_breaker_state{{{WHERE}, state!="closed"}}) > 0',
            )
        ],
    ),
)

# Of the table of queries: title, unit, expression.
COLUMNS = (
    ("Calls a second", "short", rate(f"{DURATION}_count", "query")),
    (
        "Mean time",
        "s",
        rate(f"{DURATION}_sum", "query") + " / " + rate(f"{DURATION}_count", "query"),
    ),
    ("95 of 100", "s", f"histogram_quantile(0.95, {rate(f'{DURATION}_bucket', 'query, le')})"),
    ("Failed a second", "short", rate(f"{OPERATION}_errors_total", "query")),
)
