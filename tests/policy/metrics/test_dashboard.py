from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from prometheus_client import CollectorRegistry

from docs.grafana.dashboard import FILE, text
from docs.grafana.panels import CALLS, COLUMNS, POOL
from sqlkit import Database, sql
from sqlkit.policy.breaker import Breaker
from sqlkit.policy.metrics import Metrics
from sqlkit.policy.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPRESSIONS = [
    *(expression for graph in (*CALLS, *POOL) for _, expression in graph.lines),
    *(expression for _, _, expression in COLUMNS),
]
SELECTED = re.compile(r"\b([a-z_]+)\{(.*?)\}")
GROUPED = re.compile(r"by \((.*?)\) \((?:rate\()?([a-z_]+)\{")
MATCHED = re.compile(r"(\w+)(?:=~|!=|=)")


@pytest.fixture(scope="module")
def samples(sqlkit_server: Any) -> Iterator[dict[str, set[str]]]:
    """The labels of each sample that a database in use is scraped for."""
    registry = CollectorRegistry()
    policies = [Metrics(registry), Retry(), Breaker()]
    with sqlkit_server.database() as url, Database(url, policies=policies) as db:
        db.run(sql("select 1"))
        with pytest.raises(psycopg.errors.DivisionByZero):
            db.run(sql("select 1 / 0"))
        yield {
            sample.name: set(sample.labels)
            for metric in registry.collect()
            for sample in metric.samples
        }


def test_the_file_is_what_the_script_writes() -> None:
    assert FILE.read_text("utf-8") == text(), "run: python -m docs.grafana.dashboard"


def test_every_metric_and_label_it_names_exists(samples: dict[str, set[str]]) -> None:
    for expression in EXPRESSIONS:
        selected = SELECTED.findall(expression)
        assert selected, expression
        for name, matchers in selected:
            assert set(MATCHED.findall(matchers)) <= samples[name], expression
        for labels, name in GROUPED.findall(expression):
            assert set(labels.split(", ")) <= samples[name], expression


def test_a_legend_names_only_what_its_line_is_grouped_by() -> None:
    for graph in (*CALLS, *POOL):
        for legend, expression in graph.lines:
            grouped = {label for by, _ in GROUPED.findall(expression) for label in by.split(", ")}
            assert set(re.findall(r"\{\{(\w+)\}\}", legend)) <= grouped, expression


def test_every_expression_is_in_the_file_and_closes_what_it_opens() -> None:
    panels = json.loads(FILE.read_text("utf-8"))["panels"]
    written = [target["expr"] for panel in panels for target in panel.get("targets", ())]
    assert written == EXPRESSIONS
    for expression in EXPRESSIONS:
        for opening, closing in ("()", "{}", "[]"):
            assert expression.count(opening) == expression.count(closing)


def test_every_metric_of_the_policy_is_shown(samples: dict[str, set[str]]) -> None:
    shown = {name for expression in EXPRESSIONS for name, _ in SELECTED.findall(expression)}
    ours = {name for name in samples if not name.endswith("_created")}
    assert ours - shown == {"db_client_connection_waits_total", "sqlkit_breaker_opened_total"}
