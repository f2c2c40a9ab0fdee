"""Generated values: what comes back is what psycopg itself gives."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from sqlkit import Database, sql

if TYPE_CHECKING:
    from collections.abc import Iterator

Pair = tuple[Database, "psycopg.Connection[Any]"]

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "int2": st.integers(-(2**15), 2**15 - 1),
    "int4": st.integers(-(2**31), 2**31 - 1),
    "int8": st.integers(-(2**63), 2**63 - 1),
    "float4": st.floats(width=32, allow_nan=False),
    "float8": st.floats(allow_nan=False),
    "numeric": st.decimals(allow_nan=False, allow_infinity=False, places=12),
    "bool": st.booleans(),
    "text": TEXT,
    "bytea": st.binary(max_size=300),
    "date": st.dates(),
    "time": st.times(),
    "timestamp": st.datetimes(),
    "timestamptz": st.datetimes(timezones=st.timezones()).filter(
        # Python holds a moment that a clock shows twice for unequal to itself in another zone.
        lambda moment: 2 < moment.year < 9998 and moment == moment.astimezone(UTC)
    ),
    "interval": st.timedeltas(),
    "uuid": st.uuids(),
    "inet": st.ip_addresses(),
}


@pytest.fixture(scope="module")
def pair(module_url: str) -> Iterator[Pair]:
    with (
        Database(module_url) as db,
        psycopg.connect(module_url, autocommit=True) as connection,
    ):
        connection.execute("set timezone = 'UTC'")
        yield db, connection


def hand_written(connection: psycopg.Connection[Any], type_: str, value: Any) -> Any:
    row = connection.execute(f"select %s::{type_}".encode(), (value,), binary=True).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("type_", VALUES)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_value_is_what_psycopg_gives(pair: Pair, type_: str, data: st.DataObject) -> None:
    db, connection = pair
    value = data.draw(VALUES[type_])
    given_back = db.run(sql(f"select :v::{type_}", kind="one", v=value))
    assert given_back == hand_written(connection, type_, value)
    assert given_back == value
    if type_ == "timestamptz":
        assert given_back.tzinfo is UTC
    values = data.draw(st.lists(st.none() | VALUES[type_], max_size=5))
    assert db.run(sql(f"select :v::{type_}[]", kind="one", v=values)) == values


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=JSON)
def test_json_is_what_psycopg_gives(pair: Pair, value: Any) -> None:
    db, connection = pair
    given_back = db.run(sql("select :v::jsonb", kind="one", v=value))
    if value is not None:
        assert given_back == hand_written(connection, "jsonb", Jsonb(value))
    assert given_back == value
    values = [value, None, [value]]
    assert db.run(sql("select :v::jsonb[]", kind="one", v=values)) == values
