"""Days, moments and time zones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlkit.describe.hazards.rule import Found, hazard
from sqlkit.describe.hazards.shapes import IMPLICIT, uncast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.describe.hazards.look import Look
    from sqlkit.describe.tree import Node

# Where the later side is a day: for ``>=`` the left one.
_UNTIL = {
    "timestamp_le_date(timestamp,date)": 1,
    "timestamptz_le_date(timestamptz,date)": 1,
    "date_ge_timestamp(date,timestamp)": 0,
    "date_ge_timestamptz(date,timestamptz)": 0,
    "timestamp_le(timestamp,timestamp)": 1,
    "timestamptz_le(timestamptz,timestamptz)": 1,
    "timestamp_ge(timestamp,timestamp)": 0,
    "timestamptz_ge(timestamptz,timestamptz)": 0,
}
_DAY = re.compile(r"'\d{4}-\d\d?-\d\d?'")
_ACROSS = re.compile(r"timestamp(tz)?_(?:eq|ne|lt|le|gt|ge)_timestamp(tz)?\(")
_CONVERTS = {"timestamptz(timestamp)", "timestamp(timestamptz)"}


@hazard(
    bad="select id from orders where placed_at between :first::date and :last::date",
    good="select id from orders where placed_at >= :first::date and placed_at < :last::date + 1",
    manual=("Date/Time Types", "datatype-datetime.html"),
)
def until_date(look: Look) -> Iterator[Found]:
    """A moment is compared by <= with a day, which means the very beginning of that day.

    `placed_at <= '2026-01-31'` leaves out all of January 31st but midnight, and so does BETWEEN,
    which is `>=` and `<=`. Compare with `<` and the day after.
    """
    for _, node in look.nodes("OPEXPR"):
        side = _UNTIL.get(look.function(node))
        if side is None:
            continue
        moment, day = node.nodes("args")[1 - side], node.nodes("args")[side]
        if uncast(moment).tag != "CONST" and _is_day(look, node, day):
            yield Found(
                "a day means its very beginning here: the rest of it is left out",
                "write `< day + 1`, instead of BETWEEN too",
                look.at(uncast(day)),
            )


def _is_day(look: Look, comparison: Node, day: Node) -> bool:
    if "date" in look.function(comparison):
        return True
    # PostgreSQL has made a moment of the text; whether it was a day only the text tells.
    if day.tag != "CONST" or not look.located:
        return day.tag == "CONST" and not day.flag("constisnull")
    return _DAY.match(look.variant.sql, look.at(day)) is not None


@hazard(
    bad="select id from orders where due_at < now()",
    good="select id from orders where due_at at time zone 'Europe/Vienna' < now()",
    manual=("Date/Time Types, Time Zones", "datatype-datetime.html#DATATYPE-TIMEZONES"),
)
def mixed_time_zones(look: Look) -> Iterator[Found]:
    """A timestamp without time zone meets one with, and the session's time zone decides.

    PostgreSQL takes the one without for local time wherever the session happens to say it is:
    the same query gives other rows from another machine. Looked for in comparisons, in arithmetic
    and in what is stored; a cast that is written out, or `at time zone`, says what is meant.
    Columns of type timestamptz spare the question.
    """
    for _, node in look.nodes("OPEXPR", "FUNCEXPR"):
        across = _ACROSS.match(look.function(node)) if node.tag == "OPEXPR" else None
        hidden = (
            node.tag == "FUNCEXPR"
            and node.number("funcformat") == IMPLICIT
            and look.function(node) in _CONVERTS
        )
        if hidden or (across and across[1] != across[2]):
            yield Found(
                "a timestamp without time zone meets one with: the session's time zone decides",
                "say which is meant by `at time zone`, or make the column timestamptz",
                look.at(uncast(node)),
            )
