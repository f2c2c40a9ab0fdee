"""The chain of a database that isn't given any."""

from __future__ import annotations

from typing import Any

import pytest

from sqlkit import AsyncDatabase, Database
from sqlkit.policy import Breaker, Echo, Log, Metrics, Retry, Timeout
from sqlkit.policy.default import default


def test_it_logs_counts_limits_retries_and_breaks_in_this_order() -> None:
    kinds = [type(policy) for policy in default(30.0)]
    assert kinds == [Log, Metrics, Timeout, Retry, Breaker]


def test_it_does_without_metrics_where_prometheus_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(_name: str) -> None:
        return None

    monkeypatch.setattr("sqlkit.policy.default.find_spec", missing)
    assert [type(policy) for policy in default(1.0)] == [Log, Timeout, Retry, Breaker]


def test_it_prints_each_call_if_the_environment_asks_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SQLKIT_ECHO", "1")
    assert isinstance(default(1.0)[0], Echo)
    monkeypatch.setenv("SQLKIT_ECHO", "0")
    assert not isinstance(default(1.0)[0], Echo)


@pytest.mark.parametrize("kind", [Database, AsyncDatabase])
def test_its_time_is_the_databases(kind: Any, database_url: str) -> None:
    (timeout,) = (p for p in kind(database_url, timeout=7.0).policies if isinstance(p, Timeout))
    assert timeout.seconds == 7.0


@pytest.mark.parametrize("kind", [Database, AsyncDatabase])
def test_every_database_has_a_breaker_of_its_own(kind: Any, database_url: str) -> None:
    one, two = kind(database_url), kind(database_url)
    assert one.policies[-1] is not two.policies[-1]


@pytest.mark.parametrize("kind", [Database, AsyncDatabase])
def test_it_can_be_replaced_or_left_away(kind: Any, database_url: str) -> None:
    mine = Retry(attempts=2)
    assert list(kind(database_url, policies=[mine]).policies) == [mine]
    assert list(kind(database_url, policies=[]).policies) == []
