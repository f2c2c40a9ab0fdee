"""Every type is read as psycopg itself reads it, whichever way it is sent and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlkit import AsyncDatabase, Database
from tests.awaited import Awaited, at_once
from tests.database.fast import decoding
from tests.database.fast.every_type import GROUPS
from tests.database.fast.examples import QUICK, examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg


@pytest.fixture(scope="module")
def conn(module_url: str) -> Iterator[psycopg.Connection[Any]]:
    with decoding.tables(module_url) as conn:
        yield conn


@pytest.fixture(scope="module")
def db(module_url: str) -> Iterator[AsyncDatabase]:
    with Database(module_url) as db:
        yield cast("AsyncDatabase", Awaited(db))


@pytest.mark.parametrize("group", GROUPS)
@given(data=st.data())
@examples(12, QUICK)
def test_a_value_is_what_psycopg_says_and_what_was_sent(
    db: AsyncDatabase, conn: psycopg.Connection[Any], group: str, data: st.DataObject
) -> None:
    at_once(decoding.check(db, conn, group, data))
