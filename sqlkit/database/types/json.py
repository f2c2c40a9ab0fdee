"""JSON by msgspec: arguments, but for what it would quietly turn into null, and columns."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import msgspec
from psycopg import pq
from psycopg.adapt import Loader

if TYPE_CHECKING:
    from psycopg.abc import AdaptContext, Buffer


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


class JsonLoader(Loader):
    """Reads JSON text."""

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        # psycopg's C code then calls msgspec's, with nothing of Python's in between.
        self.load = msgspec.json.Decoder().decode  # type: ignore[method-assign, assignment]

    def load(self, data: Buffer) -> Any:
        """The value that the JSON is of."""
        return msgspec.json.decode(data)


class JsonBinaryLoader(JsonLoader):
    """Reads json in binary, which is its text."""

    format = pq.Format.BINARY


class JsonbBinaryLoader(Loader):
    """Reads jsonb in binary: its text, after a byte that tells the version of the format."""

    format = pq.Format.BINARY

    def load(self, data: Buffer) -> Any:
        """The value that the JSON is of."""
        return msgspec.json.decode(memoryview(data)[1:])
