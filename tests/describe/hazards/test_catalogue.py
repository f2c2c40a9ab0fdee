"""Every rule finds its bad example and leaves its good one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs import hazards
from sqlkit.describe.hazards import RULES, Rule
from tests.describe.hazards.conftest import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit.describe import Hazard

    Search = Callable[[str], list[Hazard]]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_bad_example_is_found(search: Search, rule: Rule) -> None:
    [found] = search(rule.bad)

    assert found.rule == rule.name
    assert found.hint


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_good_example_is_left_alone(search: Search, rule: Rule) -> None:
    assert search(rule.good) == []


def test_the_documentation_is_what_the_rules_say() -> None:
    page = hazards.PAGE.read_text("utf-8")

    assert hazards.written(page) == page, "python -m docs.hazards writes it anew"


def test_the_documentation_shows_the_tables_of_the_examples() -> None:
    assert SCHEMA in hazards.PAGE.read_text("utf-8")


def test_every_rule_is_documented_whole() -> None:
    for rule in RULES.values():
        assert rule.title.endswith("."), rule.name
        assert rule.why, rule.name
        assert rule.manual[1].partition("#")[0].endswith(".html"), rule.name
