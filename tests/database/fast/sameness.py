"""When two values read by different means are the same."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

# The values are of any type on purpose: `isinstance` leaves their contents unknown.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false


def same(ours: Any, theirs: Any) -> bool:
    """Equal, and of the same class, down to a number's digits; a row's class is its reader's."""
    if isinstance(ours, tuple) and isinstance(theirs, tuple):
        return _all_same(ours, theirs)
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, (list, Multirange)):
        return _all_same(ours, theirs)
    if isinstance(ours, Range):
        return (ours.isempty, ours.bounds) == (theirs.isempty, theirs.bounds) and _all_same(
            (ours.lower, ours.upper), (theirs.lower, theirs.upper)
        )
    if isinstance(ours, float) and math.isnan(ours):
        return math.isnan(theirs)
    if isinstance(ours, Decimal):
        return ours.compare_total(theirs) == 0
    if isinstance(ours, datetime):
        return (ours, ours.utcoffset()) == (theirs, theirs.utcoffset())
    return bool(ours == theirs)


def _all_same(ours: Any, theirs: Any) -> bool:
    return len(ours) == len(theirs) and all(map(same, ours, theirs))


def as_utc(value: Any) -> Any:
    """A moment in UTC, also inside arrays and rows."""
    if isinstance(value, list):
        return [as_utc(item) for item in value]
    if isinstance(value, tuple):
        return tuple(as_utc(item) for item in value)
    return value.astimezone(UTC) if getattr(value, "tzinfo", None) else value
