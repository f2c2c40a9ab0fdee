"""A value of a row as JSON, and as text for a table or CSV.

Dates and times are ISO 8601, numeric stays exact (text in JSON), bytea is PostgreSQL's ``\\x``
hexadecimal, ranges are as PostgreSQL writes them, composites are JSON objects.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any, TypeAlias, cast

import msgspec

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | int | float | bool | None"


def plain(value: Any) -> Plain:
    """The value as JSON can hold it."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case bytes() | bytearray() | memoryview():
            return "\\x" + value.hex()
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(msgspec.to_builtins(value))
        case msgspec.Struct() | Mapping() | list() | tuple():
            return _nested(value)
        case _:
            return str(value)


def text(value: Any) -> str:
    """The value as a cell of a table or CSV; None is empty."""
    made = plain(value)
    if made is None:
        return ""
    if isinstance(made, str):
        return made
    return msgspec.json.encode(made).decode()


def _nested(value: Any) -> Plain:
    if isinstance(value, msgspec.Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in cast("Any", value).items()}
    return [plain(part) for part in value]
