"""JSON arguments as bytes, by msgspec, but for what it would quietly turn into null."""

from __future__ import annotations

from math import isfinite
from typing import Any

import msgspec


def encode(value: Any) -> bytes:
    """The value as JSON. Raises ValueError for a float that JSON doesn't have."""
    data = msgspec.json.encode(value)
    if b"null" in data and _has_no_number(value):
        raise ValueError("JSON has no NaN and no infinity")
    return data


def _has_no_number(value: Any) -> bool:
    pending = [value]
    while pending:
        found = pending.pop()
        if isinstance(found, float):
            if not isfinite(found):
                return True
        elif isinstance(found, dict):
            pending += found.values()
        elif isinstance(found, (list, tuple, set, frozenset)):
            pending += found
        elif isinstance(found, msgspec.Struct):
            pending += msgspec.structs.astuple(found)
    return False
