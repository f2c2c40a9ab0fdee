from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pytest
from psycopg.types.range import Range

from sqlkit.cli.values import plain, text
from sqlkit.row import Row


class Address(Row):
    street: str | None
    since: date | None


class Point(NamedTuple):
    x: int
    y: float


UUID_TEXT = "12345678-1234-5678-1234-567812345678"


@pytest.mark.parametrize(
    ("value", "as_json", "as_text"),
    [
        (None, None, ""),
        (True, True, "true"),
        (7, 7, "7"),
        (1.5, 1.5, "1.5"),
        (float("nan"), "nan", "nan"),
        (Decimal("1.50"), "1.50", "1.50"),
        ("a\nb", "a\nb", "a\nb"),
        (b"\x00\xff", "\\x00ff", "\\x00ff"),
        (date(2026, 1, 31), "2026-01-31", "2026-01-31"),
        (time(9, 5), "09:05:00", "09:05:00"),
        (datetime(2026, 1, 31, 9, tzinfo=UTC), "2026-01-31T09:00:00+00:00", None),
        (timedelta(days=1, seconds=2), "P1DT2S", "P1DT2S"),
        (UUID(UUID_TEXT), UUID_TEXT, UUID_TEXT),
        (IPv4Address("10.0.0.1"), "10.0.0.1", "10.0.0.1"),
        (Range(1, 5), "[1, 5)", "[1, 5)"),
        (["a", None], ["a", None], '["a",null]'),
        ({"a": {"b": Decimal(1)}}, {"a": {"b": "1"}}, '{"a":{"b":"1"}}'),
        (Point(1, 2.0), {"x": 1, "y": 2.0}, '{"x":1,"y":2.0}'),
        (
            [Address("Main St", date(2026, 1, 31))],
            [{"street": "Main St", "since": "2026-01-31"}],
            '[{"street":"Main St","since":"2026-01-31"}]',
        ),
    ],
)
def test_every_value_has_one_form_in_json_and_one_in_a_cell(
    value: Any, as_json: Any, as_text: str | None
) -> None:
    assert plain(value) == as_json
    assert msgspec.json.decode(msgspec.json.encode(plain(value))) == as_json
    if as_text is not None:
        assert text(value) == as_text
