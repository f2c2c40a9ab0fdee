"""Intervals in PostgreSQL's text."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlkit.database.types.interval import IntervalLoader


def load(text: str) -> timedelta:
    return IntervalLoader(0).load(text.encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00:00:00", timedelta()),
        ("1 day", timedelta(days=1)),
        ("-3 days", timedelta(days=-3)),
        ("1 year 2 mons -3 days", timedelta(days=365 + 60 - 3)),
        ("1 day 02:03:04.5", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ("1 day -00:00:00.000001", timedelta(days=1, microseconds=-1)),
        ("-3 days +00:00:05.000007", timedelta(days=-3, seconds=5, microseconds=7)),
        ("100:00:00", timedelta(hours=100)),
    ],
)
def test_an_interval_is_read(text: str, expected: timedelta) -> None:
    assert load(text) == expected


@given(st.timedeltas())
def test_what_postgresql_would_write_is_read(value: timedelta) -> None:
    time = timedelta(seconds=value.seconds, microseconds=value.microseconds)
    clock = f"{time.seconds // 3600:02}:{time.seconds // 60 % 60:02}:{time.seconds % 60:02}"
    assert load(f"{value.days} days {clock}.{time.microseconds:06}") == value


@pytest.mark.parametrize("text", ["P1D", "infinity", "@ 1 day", "999999999999 years"])
def test_what_is_no_interval_for_python_is_refused(text: str) -> None:
    with pytest.raises(psycopg.DataError, match=r"^can't parse interval: "):
        load(text)
