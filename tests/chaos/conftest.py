"""Minutes of faults, run by ``make chaos`` and not by ``make test``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.pool.servers import machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.database.pool.servers import Machine


@pytest.fixture
def own() -> Iterator[Machine]:
    """A running server of this test's own."""
    with machine(max_connections="120") as one:
        yield one
