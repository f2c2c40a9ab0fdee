"""Every rule finds its bad example and leaves its good one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sqlkit.describe.hazards import RULES, Rule

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
