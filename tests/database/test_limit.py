"""The limit that the server is told: never none, never shorter than what was asked for."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlkit.database import limit

ANY_TIME = st.floats(min_value=5e-324, max_value=1e300) | st.just(inf)


@given(ANY_TIME)
def test_a_limit_is_never_rounded_to_0_which_would_be_none(seconds: float) -> None:
    assert 1 <= limit.milliseconds(seconds) <= 2**31 - 1


@given(st.floats(min_value=0, max_value=2_000_000))
def test_a_limit_is_rounded_up_by_less_than_a_millisecond(seconds: float) -> None:
    milliseconds = limit.milliseconds(seconds)
    assert seconds * 1000 <= milliseconds <= seconds * 1000 + 1


@pytest.mark.parametrize(
    ("left", "in_force", "own", "told"),
    [
        (29.999, 30.0, None, False),
        (28.6, 30.0, None, False),
        (5.0, 30.0, None, True),
        (0.25, 30.0, 0.25, True),
        (60.0, 30.0, 60.0, True),
        (60.0, 30.0, None, False),
        (8.0, 5.0, None, False),
        (30.0, inf, None, True),
        (inf, inf, None, False),
    ],
)
def test_the_server_is_told_what_it_does_not_know(
    left: float, in_force: float, own: float | None, *, told: bool
) -> None:
    assert limit.must_be_told(left, in_force, own) is told
