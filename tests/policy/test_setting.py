"""A setting of the wrong type or out of range is an error when the policy is made."""

from __future__ import annotations

from math import inf, nan
from typing import TYPE_CHECKING, Any

import pytest

from sqlkit.policy import Breaker, Echo, Log, Metrics, Retry, Timeout

if TYPE_CHECKING:
    from sqlkit.policy import Policy


@pytest.mark.parametrize(
    ("policy", "setting", "said"),
    [
        (Timeout, {"seconds": "5s"}, "Timeout: seconds is a number of seconds, above 0, not '5s'"),
        (Timeout, {"seconds": None}, "a number of seconds, above 0, not None"),
        (Log, {"slow": "500ms"}, "Log: slow is a number of seconds, at least 0, not '500ms'"),
        (Log, {"length": 2.5}, "length is a whole number of characters, at least 1, not 2.5"),
        (Echo, {"slow": "0.1"}, "Echo: slow is a number of seconds, at least 0, not '0.1'"),
        (
            Retry,
            {"attempts": "3"},
            "Retry: attempts is a whole number of attempts, the first included, .* 1, not '3'",
        ),
        (Retry, {"attempts": True}, "attempts is a whole number of .*, not True"),
        (Retry, {"base": "50ms"}, "base is a number of seconds, at least 0, not '50ms'"),
        (Retry, {"budget": None}, "budget is a number of repetitions for each call, .*, not None"),
        (Breaker, {"slow": "2s"}, "Breaker: slow is a number of seconds, above 0, not '2s'"),
        (Breaker, {"permits": 1.5}, "permits is a whole number of calls, at least 1, not 1.5"),
        (
            Breaker,
            {"failure_rate": "50%"},
            "failure_rate is a number of failures for each call, above 0 and at most 1, not '50%'",
        ),
        (
            Breaker,
            {"included": OSError},
            "Breaker: included is a tuple of exception classes, not <class 'OSError'>",
        ),
        (Metrics, {"queries": "100"}, "Metrics: queries is a whole number of queries, at least 1"),
    ],
)
def test_a_setting_of_the_wrong_type_is_named_with_its_unit(
    policy: type[Any], setting: dict[str, Any], said: str
) -> None:
    with pytest.raises(TypeError, match=said):
        policy(**setting)


@pytest.mark.parametrize(
    ("policy", "setting"),
    [
        (Timeout, {"seconds": 0}),
        (Timeout, {"seconds": nan}),
        (Log, {"slow": -1}),
        (Retry, {"cap": -0.1}),
        (Retry, {"attempts": 0}),
        (Breaker, {"slow_rate": 1.5}),
        (Breaker, {"window": nan}),
        (Metrics, {"queries": 0}),
    ],
)
def test_a_setting_out_of_range_is_named(policy: type[Any], setting: dict[str, Any]) -> None:
    (name,) = setting
    with pytest.raises(ValueError, match=f"^{policy.__name__}: {name} is a .*number of"):
        policy(**setting)


def test_no_limit_is_a_number_too() -> None:
    policies: list[Policy] = [Timeout(inf), Log(slow=inf), Breaker(slow=inf), Retry(cap=1)]
    assert len(policies) == 4
