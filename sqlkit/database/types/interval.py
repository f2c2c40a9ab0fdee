"""Intervals as PostgreSQL writes them in text, in its own style, which the driver sees to.

psycopg's loader in Python asks its connection for the style, and here there is none; the one in C
takes another style for this one, and days for seconds. Somebody may have set one by hand.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from psycopg import DataError
from psycopg.adapt import Loader

if TYPE_CHECKING:
    from psycopg.abc import Buffer

# PostgreSQL manual, 8.5.5 "Interval Output", style postgres.
_PARTS = re.compile(
    rb"(?:([-+]?\d+) years? ?)?(?:([-+]?\d+) mons? ?)?(?:([-+]?\d+) days? ?)?"
    rb"(?:([-+])?(\d+):(\d+):(\d+)(?:\.(\d+))?)?"
)


class IntervalLoader(Loader):
    """Reads an interval; a month is 30 days and a year 365, as in psycopg."""

    def load(self, data: Buffer) -> timedelta:
        """The interval. Raises psycopg.DataError where Python can't hold it."""
        parts = _PARTS.fullmatch(bytes(data))
        if parts is None:
            raise DataError(f"can't parse interval: {bytes(data)!r}")
        years, months, days, hours, minutes, seconds = (
            int(parts[number] or 0) for number in (1, 2, 3, 5, 6, 7)
        )
        time = timedelta(
            hours=hours,
            minutes=minutes,
            seconds=seconds,
            microseconds=int((parts[8] or b"").ljust(6, b"0")),
        )
        try:
            whole = timedelta(days=365 * years + 30 * months + days)
            return whole - time if parts[4] == b"-" else whole + time
        except OverflowError as error:
            raise DataError(f"can't parse interval: {error}") from None
