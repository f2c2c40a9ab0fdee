"""A slice of the long run (``make fuzz``), and the seeds that once found something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.describe.soundness.check import check, connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    import psycopg

    from sqlkit.testing.server import Server


@pytest.fixture
def connection(server: Server) -> Iterator[psycopg.Connection[Any]]:
    with server.database() as url, connect(url) as connection:
        yield connection


@pytest.mark.parametrize("seed", range(1, 9))
def test_no_random_query_gives_a_null_where_none_was_said_to_be(
    seed: int, connection: psycopg.Connection[Any]
) -> None:
    outcome = check(connection, [seed])
    assert not outcome.wrong, "\n\n".join(outcome.wrong)
    assert outcome.described >= 40
    assert outcome.with_rows >= 15
    assert outcome.not_null >= 20
