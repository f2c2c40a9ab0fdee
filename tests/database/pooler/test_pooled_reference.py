"""What tests/test_reference.py says, through PgBouncer in transaction mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sqlkit import Database
from tests.test_reference import *  # noqa: F403

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture  # type: ignore[no-redef] # this one is reached through PgBouncer
def db(pooled_url: str) -> Iterator[Database]:
    with Database(pooled_url, pooler="transaction") as db:
        yield db
