from __future__ import annotations

import asyncio
import gc
import random
import subprocess
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from sqlkit import sql
from sqlkit.errors import CircuitOpen, DeadlineExceeded, NoRow
from sqlkit.policy.breaker import Breaker
from sqlkit.policy.call import Call
from sqlkit.policy.drive import drive, drive_async
from sqlkit.policy.flow import Chain, Policy
from sqlkit.policy.metrics import BUCKETS, Metrics
from sqlkit.policy.metrics.durations import Durations
from sqlkit.policy.metrics.instruments import shared
from sqlkit.statement import Line, Query
from tests.policy.breaker.rounds import switching_often

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sqlkit.policy.pooled import Pooled

DURATION = "db_client_operation_duration_seconds"


def query(name: str = "users.get_user") -> Query[Any]:
    return Query(name=name, kind="many", lines=(Line("select 1"),), source="sql/users.sql:3")


def run(
    metrics: Metrics,
    asked: Query[Any],
    result: object = 1,
    *,
    database: str = "shop",
    again: int = 0,
) -> None:
    """One call; ``result`` may be an error to raise."""

    def attempt() -> object:
        if isinstance(result, BaseException):
            raise result
        return result

    call = Call(asked.name, asked, (), database)
    call.attempts = again
    try:
        drive(Chain([metrics]), call, attempt)
    except BaseException as error:
        if error is not result:
            raise


class Scrape:
    """What Prometheus would read now."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry

    def __call__(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)

    def labels(self, name: str, label: str) -> set[str]:
        samples = (s for metric in self.registry.collect() for s in metric.samples)
        return {sample.labels[label] for sample in samples if sample.name == name}


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> Metrics:
    return Metrics(registry)


@pytest.fixture
def scrape(registry: CollectorRegistry) -> Scrape:
    return Scrape(registry)


def test_calls_are_timed_by_query_and_outcome(metrics: Metrics, scrape: Scrape) -> None:
    get_user = query()
    for result in ([1, 2], [3], KeyError("x"), NoRow("none")):
        run(metrics, get_user, result)
    labels = {"database": "shop", "query": "users.get_user"}
    assert scrape(f"{DURATION}_count", **labels, outcome="ok") == 2
    assert scrape(f"{DURATION}_count", **labels, outcome="error") == 1
    assert scrape(f"{DURATION}_count", **labels, outcome="no_row") == 1
    assert scrape("db_client_operation_rows_total", **labels) == 3
    seconds = scrape(f"{DURATION}_sum", **labels, outcome="ok")
    assert seconds is not None
    assert 0 < seconds < 1


async def test_tasks_count_too(metrics: Metrics, scrape: Scrape) -> None:
    async def attempt() -> list[int]:
        await asyncio.sleep(0)
        return [1]

    await drive_async(Chain([metrics]), Call("q", query("q"), (), "shop"), attempt)
    assert scrape(f"{DURATION}_count", database="shop", query="q", outcome="ok") == 1


@pytest.mark.parametrize(
    ("error", "outcome", "error_class"),
    [
        (psycopg.errors.UniqueViolation(), "error", "23"),
        (psycopg.errors.DeadlockDetected(), "error", "40"),
        (psycopg.OperationalError("server closed the connection unexpectedly"), "error", "08"),
        (psycopg.errors.QueryCanceled(), "cancelled", "57"),
        (DeadlineExceeded("late"), "timeout", "DeadlineExceeded"),
        (CircuitOpen("open", retry_after=1.0), "refused", "CircuitOpen"),
        (asyncio.CancelledError(), "cancelled", "CancelledError"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_errors_count_by_sqlstate_class_or_by_name(
    metrics: Metrics, scrape: Scrape, error: BaseException, outcome: str, error_class: str
) -> None:
    run(metrics, query(), error)
    labels = {"database": "shop", "query": "users.get_user"}
    assert scrape(f"{DURATION}_count", **labels, outcome=outcome) == 1
    name = "db_client_operation_errors_total"
    assert scrape(name, **labels, error_class=error_class) == 1


def test_an_answer_without_a_row_is_no_error(metrics: Metrics, scrape: Scrape) -> None:
    run(metrics, query(), NoRow("none"))
    assert scrape.labels("db_client_operation_errors_total", "error_class") == set()


def test_attempts_after_the_first_are_retries(metrics: Metrics, scrape: Scrape) -> None:
    run(metrics, query(), again=0)
    run(metrics, query(), again=2)
    name = "db_client_operation_retries_total"
    assert scrape(name, database="shop", query="users.get_user") == 2


def test_databases_differ_by_label_and_share_the_rest(
    metrics: Metrics, registry: CollectorRegistry, scrape: Scrape
) -> None:
    run(metrics, query(), database="shop")
    run(Metrics(registry), query(), database="archive")
    assert scrape.labels(f"{DURATION}_count", "database") == {"shop", "archive"}


def test_metrics_of_one_registry_need_the_same_settings(
    metrics: Metrics, registry: CollectorRegistry
) -> None:
    assert metrics.buckets == BUCKETS
    with pytest.raises(ValueError, match="need the same buckets"):
        Metrics(registry, buckets=(1.0,))


def test_all_sql_written_in_place_is_one_label(metrics: Metrics, scrape: Scrape) -> None:
    for n in range(50):
        run(metrics, sql(f"select {n}").query)
    assert scrape.labels(f"{DURATION}_count", "query") == {"ad hoc"}
    name = f"{DURATION}_count"
    assert scrape(name, database="shop", query="ad hoc", outcome="ok") == 50


def test_queries_beyond_the_bound_share_a_label(registry: CollectorRegistry) -> None:
    metrics, scrape = Metrics(registry, queries=3), Scrape(registry)
    for n in range(50):
        run(metrics, query(f"q{n}"))
        run(metrics, query("q0"))
    labels = scrape.labels(f"{DURATION}_count", "query")
    assert labels == {"q0", "q1", "q2", "other queries"}
    count = scrape(f"{DURATION}_count", database="shop", query="other queries", outcome="ok")
    assert count == 47


def test_errors_beyond_the_bound_share_a_label(metrics: Metrics, scrape: Scrape) -> None:
    for n in range(500):
        run(metrics, query(), type(f"Error{n}", (Exception,), {})())
    assert len(scrape.labels("db_client_operation_errors_total", "error_class")) <= 101


def test_no_call_is_lost_or_doubled_under_threads(metrics: Metrics, scrape: Scrape) -> None:
    asked = [query("a"), query("b")]
    done = threading.Event()

    def work(seed: int) -> None:
        pick = random.Random(seed)
        for _ in range(2000):
            run(metrics, pick.choice(asked), [1, 2, 3])

    def scraping() -> None:
        while not done.is_set():
            generate_latest(scrape.registry)

    with ThreadPoolExecutor(7) as threads:
        reader = threads.submit(scraping)
        for worker in [threads.submit(work, seed) for seed in range(6)]:
            worker.result()
        done.set()
        reader.result()
    counts = [
        scrape(f"{DURATION}_count", database="shop", query=name, outcome="ok") or 0 for name in "ab"
    ]
    assert sum(counts) == 12000
    rows = [scrape("db_client_operation_rows_total", database="shop", query=q) or 0 for q in "ab"]
    assert rows == [3 * count for count in counts]


class Interrupted(list[Any]):
    """Notes, to which another thread adds one as soon as they are read."""

    def __getitem__(self, place: Any) -> Any:
        read = super().__getitem__(place)
        self.append(((("shop", "q", query("q"), None)), 0.001, 1, 1))
        return read


def test_a_call_that_ends_while_others_are_counted_waits_for_the_next_time(
    metrics: Metrics, registry: CollectorRegistry, scrape: Scrape
) -> None:
    shared(registry, metrics.buckets, metrics.queries).waiting = Interrupted()
    counts = [
        scrape(f"{DURATION}_count", database="shop", query="q", outcome="ok") for _ in range(4)
    ]
    assert counts == [None, 1, 2, 3]


def test_few_calls_wait_to_be_counted_and_none_holds_an_error(
    metrics: Metrics, registry: CollectorRegistry
) -> None:
    instruments = shared(registry, metrics.buckets, metrics.queries)
    waiting = instruments.waiting
    for _ in range(1000):
        run(metrics, query(), KeyError("x"))
        assert len(waiting) < instruments.limit
    assert waiting
    assert not any(isinstance(held, KeyError) for note in waiting for held in (*note, *note[0]))


def test_without_a_scrape_what_waits_and_what_is_counted_stay_bounded(
    registry: CollectorRegistry,
) -> None:
    threads, metrics = 6, Metrics(registry, queries=5)
    instruments = shared(registry, metrics.buckets, metrics.queries)

    def work(number: int) -> int:
        most = 0
        for turn in range(2000):
            result = KeyError("x") if turn % 5 == 0 else [1]
            run(metrics, query(f"q{number}.{turn}") if turn % 2 else sql("select 1").query, result)
            most = max(most, len(instruments.waiting))
        return most

    with switching_often(), ThreadPoolExecutor(threads) as pool:
        most = max(pool.map(work, range(threads)))
    # The one that a thread adds before it sees that there are enough.
    assert most <= instruments.limit + threads
    assert len(Scrape(registry).labels(f"{DURATION}_count", "query")) == 5 + 1


def test_many_values_at_once_count_as_one_by_one() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    pick = random.Random(7)
    values = [*BUCKETS, 0.0, 99.0, *(pick.expovariate(10) for _ in range(500))]
    at_once = Durations("d", "d", ("x",), buckets=BUCKETS, registry=ours)
    at_once.labels("1").observe_all(values[:100])
    at_once.labels("1").observe_all(values[100:])
    one_by_one = Histogram("d", "d", ("x",), buckets=BUCKETS, registry=theirs)
    for value in values:
        one_by_one.labels("1").observe(value)
    for name, labels in [("d_count", {}), *(("d_bucket", {"le": str(b)}) for b in BUCKETS)]:
        expected = theirs.get_sample_value(name, {"x": "1", **labels})
        assert ours.get_sample_value(name, {"x": "1", **labels}) == expected
    seconds = theirs.get_sample_value("d_sum", {"x": "1"})
    assert ours.get_sample_value("d_sum", {"x": "1"}) == pytest.approx(seconds)


def test_the_buckets_that_conventions_advise_are_among_ours() -> None:
    assert {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10} <= set(BUCKETS)


class Shop:
    """A pool in a given state."""

    def __init__(self, name: str, *policies: Policy, **counts: int) -> None:
        self.name = name
        self.policies: Sequence[Policy] = policies
        self.counts = counts
        for policy in policies:
            policy.attach(self)

    def pool_statistics(self) -> Mapping[str, int]:
        return self.counts


def test_pools_are_read_when_scraped(metrics: Metrics, scrape: Scrape) -> None:
    shop = Shop("shop", metrics, max_size=10, in_use=2, available=1, wait_ms=1500)
    assert scrape("db_client_connection_count", database="shop", state="used") == 2
    assert scrape("db_client_connection_count", database="shop", state="idle") == 1
    assert scrape("db_client_connection_max", database="shop") == 10
    assert scrape("db_client_connection_wait_seconds_total", database="shop") == 1.5
    shop.counts["in_use"] = 3
    assert scrape("db_client_connection_count", database="shop", state="used") == 3


def test_pools_of_one_name_are_added_up(metrics: Metrics, scrape: Scrape) -> None:
    both = [Shop("shop", metrics, in_use=2), Shop("shop", metrics, in_use=5)]
    assert scrape("db_client_connection_count", database="shop", state="used") == 7
    assert generate_latest(scrape.registry).count(b'count{database="shop",state="used"}') == 1
    assert len(both) == 2


def test_a_database_that_is_gone_is_not_kept(metrics: Metrics, scrape: Scrape) -> None:
    shop: Pooled | None = Shop("shop", metrics, in_use=2)
    assert scrape.labels("db_client_connection_count", "database") == {"shop"}
    del shop
    gc.collect()
    assert scrape.labels("db_client_connection_count", "database") == set()


def test_the_breaker_s_state_is_read_when_scraped(metrics: Metrics, scrape: Scrape) -> None:
    breaker = Breaker(minimum_calls=1)
    shop = Shop("shop", metrics, breaker)

    def states() -> dict[str, float | None]:
        return {
            state: scrape("sqlkit_breaker_state", database=shop.name, state=state)
            for state in ("closed", "open")
        }

    assert states() == {"closed": 1, "open": 0}
    with pytest.raises(ConnectionResetError):
        drive(Chain([breaker]), Call("q"), reset)
    assert states() == {"closed": 0, "open": 1}
    assert scrape("sqlkit_breaker_opened_total", database="shop") == 1


def reset() -> None:
    raise ConnectionResetError


def test_a_scrape_may_ask_for_one_metric(metrics: Metrics, registry: CollectorRegistry) -> None:
    run(metrics, query())
    only = registry.restricted_registry([f"{DURATION}_count"])
    assert [s.value for metric in only.collect() for s in metric.samples] == [1]


def test_a_registry_that_holds_such_metrics_already_says_so(registry: CollectorRegistry) -> None:
    Histogram(DURATION, "someone else's", registry=registry)
    with pytest.raises(ValueError, match="Duplicated"):
        Metrics(registry)


def test_a_decorated_function_counts_by_its_name(metrics: Metrics, scrape: Scrape) -> None:
    @metrics
    def transfer(amount: int) -> list[int]:
        return [amount]

    assert transfer(5) == [5]
    (name,) = scrape.labels(f"{DURATION}_count", "query")
    assert name.endswith("transfer")
    assert scrape("db_client_operation_rows_total", database="", query=name) == 0


def test_a_registry_that_is_dropped_takes_its_metrics_along() -> None:
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    instruments = weakref.ref(shared(registry, metrics.buckets, metrics.queries))
    del registry, metrics
    gc.collect()
    assert instruments() is None


WITHOUT = """
import sys
sys.modules["prometheus_client"] = None
from sqlkit.policy.metrics import Metrics
try:
    Metrics()
except ImportError as error:
    print(error)
"""


def test_without_prometheus_client_it_says_what_to_install() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True
    )
    said = "Metrics needs prometheus_client: pip install 'sqlkit-pg[prometheus]'\n"
    assert done.stdout == said


WORKER = """
from sqlkit.policy.call import Call
from sqlkit.policy.drive import drive
from sqlkit.policy.flow import Chain
from sqlkit.policy.metrics import Metrics
chain = Chain([Metrics()])
for _ in range(10):
    drive(chain, Call("transfer"), lambda: None)
"""

SCRAPER = """
from wsgiref.util import setup_testing_defaults
from sqlkit.policy.metrics import Metrics
environ = {}
setup_testing_defaults(environ)
print(b"".join(Metrics().wsgi_app()(environ, lambda *answer: None)).decode())
"""


def test_several_processes_are_scraped_as_one(tmp_path: Path) -> None:
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for program in (WORKER, WORKER):
        subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    scraped = subprocess.run(
        [sys.executable, "-c", SCRAPER], env=environment, capture_output=True, text=True, check=True
    )
    assert f'{DURATION}_count{{database="",outcome="ok",query="transfer"}} 20.0' in scraped.stdout
