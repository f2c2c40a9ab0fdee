"""The full sizes of tests/database/fast, run by ``make soak`` and not by ``make test``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.conftest import module_url as module_url
from tests.database.fast.conftest import on_loop as on_loop

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Print a number that was measured, also when the test is fine."""

    def say(text: str) -> None:
        with capsys.disabled():
            print(f"\n  {text}", end=" ", flush=True)  # noqa: T201 # make soak reports numbers

    return say
