"""How long a test waits for what is promised at once, on a machine that has other things to do."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

# Seconds. "make chaos" allows next to none, on a machine that does nothing else.
SLACK = float(os.environ.get("SQLKIT_TEST_SLACK", "2"))


@contextmanager
def within(seconds: float) -> Generator[None]:
    """A block that takes no longer, and `SLACK` at the most."""
    begun = time.monotonic()
    yield
    taken = time.monotonic() - begun
    assert taken <= seconds + SLACK
