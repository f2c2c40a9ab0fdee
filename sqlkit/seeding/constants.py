"""The constants in a condition, as values that a column might have to satisfy it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlkit.seeding.texts import is_text, length

if TYPE_CHECKING:
    from sqlkit.seeding.filled import Field

# Up to where each type is counted.
INTEGERS = {"int2": 32_000, "int4": 2_000_000_000, "int8": 2**62}


def constants(field: Field, condition: str) -> list[Any]:
    """The constants of a condition that can be values of the column."""
    if is_text(field):
        found = [text.replace("''", "'") for text in re.findall(r"'((?:[^']|'')*)'", condition)]
        lengths = [int(text) for text in re.findall(r"\d+", condition) if len(text) < 3]
        found += [letter * long for long in lengths for letter in "aA1"]
        return [text[: length(field)] for text in found]
    if field.base in ("json", "jsonb"):
        words = re.findall(r"'([^']*)'", condition)
        return [{}, [], "x", 1, True, dict.fromkeys(words, "x"), *({word: 1} for word in words)]
    if field.base in _MOMENTS:
        return [near for text in re.findall(r"'([^']*)'", condition) for near in _near(field, text)]
    numbers = [
        Decimal(text) + step
        for text in re.findall(r"-?\d+(?:\.\d+)?", condition)
        for step in (-1, 0, 1)
    ]
    if field.base in INTEGERS:
        limit = INTEGERS[field.base]
        return [int(number) for number in numbers if abs(number) < limit]
    if field.base in ("float4", "float8"):
        return [float(number) for number in numbers]
    return [*numbers] if field.base == "numeric" else []


_MOMENTS: dict[str, type[date | datetime]] = {
    "date": date,
    "timestamp": datetime,
    "timestamptz": datetime,
}


def _near(field: Field, text: str) -> list[Any]:
    """The moment of a text, and those a day before and after; none if it isn't one."""
    try:
        moment = _MOMENTS[field.base].fromisoformat(text)
    except ValueError:
        return []
    if isinstance(moment, datetime):
        is_aware = field.base == "timestamptz"
        moment = moment.replace(tzinfo=(moment.tzinfo or UTC) if is_aware else None)
    return [moment + timedelta(days=step) for step in (-1, 0, 1)]
