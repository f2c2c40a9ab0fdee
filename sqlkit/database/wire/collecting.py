"""Keeping Python's garbage collector from searching rows that are being made."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

MANY = 100
"""Rows from which on it pays."""


@contextmanager
def not_collecting() -> Generator[None]:
    """Nothing in the block becomes garbage: its objects are all on their way to the caller.

    The collector would start for every 700 of them, and each time carry those that it finds alive
    into the generations that it searches as a whole. A thousand rows take twice as long with it.
    """
    if not gc.isenabled():
        yield
        return
    try:
        gc.disable()  # in here, since Ctrl-C may come at once
        yield
    finally:
        gc.enable()
