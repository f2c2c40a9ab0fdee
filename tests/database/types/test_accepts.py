"""What a parameter takes: whatever it doesn't is refused in words, of any type and depth."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from sqlkit.database.types.accepts import (
    PLAIN,
    Accepts,
    accepts_array,
    accepts_composite,
    accepts_multirange,
    accepts_plain,
    accepts_range,
)

INT, TEXT = PLAIN["int4"], accepts_plain("text")
KINDS = [
    *PLAIN.values(),
    TEXT,
    accepts_array(INT),
    accepts_array(accepts_composite("size", [INT, accepts_array(TEXT)])),
    accepts_array(PLAIN["jsonb"]),
    accepts_range(INT),
    accepts_multirange(INT),
    accepts_composite("tagged", [TEXT, accepts_array(INT)]),
]

SCALARS: st.SearchStrategy[Any] = st.sampled_from(
    [None, 1, 2**70, "a", "\0", b"a", 1.5, True, Decimal(1), date.min, Range(1, "a"), Multirange()]
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.just("a"), inner)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("accepts", KINDS, ids=lambda accepts: accepts.words)
@given(value=ANYTHING)
def test_what_does_not_fit_is_refused_in_words(accepts: Accepts, value: Any) -> None:
    if value is not None and not accepts.fits(value):
        assert " " in accepts.refusal(value)


@given(values=st.lists(ANYTHING, min_size=1, max_size=4))
def test_a_column_fits_where_each_of_its_values_does(values: list[Any]) -> None:
    for accepts in KINDS:
        assert accepts.takes(values) is all(v is None or accepts.fits(v) for v in values)
