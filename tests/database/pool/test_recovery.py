"""The rules by which a pool recovers."""

from __future__ import annotations

from itertools import islice
from math import inf

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlkit.database.pool.recovery import (
    expiry,
    is_demoted,
    is_trusted,
    is_worth_waiting,
    openings,
    pauses,
)


@pytest.mark.parametrize(
    ("used", "expires", "suspected", "trusted"),
    [
        (100.0, 200.0, -inf, True),
        (99.6, 200.0, -inf, True),
        (99.4, 200.0, -inf, False),  # unused for too long
        (100.0, 100.0, -inf, False),  # its time is over
        (99.9, 200.0, 99.95, False),  # another was lost since
        (99.9, 200.0, 99.85, True),  # it worked after another was lost
    ],
)
def test_a_connection_is_trusted_that_worked_just_now(
    used: float, expires: float, suspected: float, *, trusted: bool
) -> None:
    assert is_trusted(used, expires, suspected, now=100.0) is trusted


@pytest.mark.parametrize(
    ("size", "opening", "waiting", "is_down", "begun"),
    [
        (0, 0, 0, False, 2),  # the minimum
        (2, 0, 0, False, 0),
        (2, 0, 3, False, 3),  # one for each that waits
        (2, 3, 3, False, 0),  # they are on their way
        (8, 1, 5, False, 1),  # the maximum
        (10, 0, 5, False, 0),
        (0, 0, 5, True, 1),  # one asks whether the server is back
        (0, 1, 5, True, 0),
        (0, 0, 0, True, 0),  # nobody wants to know
        (10, 0, 5, True, 0),
    ],
)
def test_as_many_connections_are_opened_as_are_missing(
    size: int, opening: int, waiting: int, begun: int, *, is_down: bool
) -> None:
    sizes = {"size": size, "opening": opening, "waiting": waiting}
    assert openings(**sizes, min_size=2, max_size=10, is_down=is_down) == begun


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 50), st.booleans())
def test_never_more_than_the_maximum(
    size: int,
    opening: int,
    waiting: int,
    is_down: bool,  # hypothesis gives it
) -> None:
    begun = openings(
        size=size, opening=opening, waiting=waiting, min_size=1, max_size=10, is_down=is_down
    )
    assert begun == 0 or size + opening + begun <= 10


def test_connections_opened_together_are_not_replaced_together() -> None:
    moments = {expiry(100.0, 3600.0) for _ in range(100)}
    assert len(moments) > 90
    assert all(100 + 3240 <= moment <= 100 + 3600 for moment in moments)


def test_only_a_write_that_was_meant_says_that_the_server_is_a_standby() -> None:
    refused, other = psycopg.errors.ReadOnlySqlTransaction(), psycopg.errors.UniqueViolation()
    assert is_demoted(refused, standby=True, read_only=False)
    assert not is_demoted(refused, standby=False, read_only=False)
    assert not is_demoted(refused, standby=True, read_only=True)
    assert not is_demoted(other, standby=True, read_only=False)
    assert not is_demoted(None, standby=True, read_only=False)


def test_those_that_wait_go_on_while_others_work() -> None:
    assert is_worth_waiting(worked=99.5, down_since=0.0, now=100.0)
    assert is_worth_waiting(worked=0.0, down_since=99.5, now=100.0)
    assert not is_worth_waiting(worked=98.5, down_since=98.5, now=100.0)


def test_pauses_grow_up_to_half_a_second() -> None:
    found = list(islice(pauses(), 2000))
    assert all(0.025 <= pause <= 0.5 for pause in found)
    assert found[0] <= 0.05
    assert min(found[10:]) >= 0.25
