# Written by sqlkit 0.1.0 from readings.sql (sha256 b9f720afcef29ccf, body a7fd8871d2659d6b); do not edit: change readings.sql and run "sqlkit compile".
"""Readings: what benchmarks need and the reference queries don't have."""

from __future__ import annotations

from collections.abc import Iterable as _Iterable
from collections.abc import Sequence as _Sequence
from datetime import date as _date
from datetime import datetime as _datetime
from decimal import Decimal as _Decimal

from sqlkit.row import Json as _Json
from sqlkit.row import Row as _Row
from sqlkit.statement import Effects as _Effects
from sqlkit.statement import Line as _Line
from sqlkit.statement import Query as _Query
from sqlkit.statement import Statement as _Statement


class Reading(_Row):
    """Row of list_readings, get_reading."""

    id: int
    sensor: str
    valid: bool
    amount: _Decimal
    score: float
    tags: list[str]
    details: _Json
    taken_on: _date
    taken_at: _datetime


_LIST_READINGS: _Query[list[Reading]] = _Query(
    name="readings.list_readings",
    kind="many",
    lines=(
        _Line(
            "select id, sensor, valid, amount, score, tags, details, taken_on, taken_at\n",
            "from readings\n",
            "order by id\n",
            "limit ",
            0,
            ";",
        ),
    ),
    parameters=("max_rows",),
    row=Reading,
    source="sql/readings.sql:3",
    effects=_Effects(reads=("public.readings",), volatility="stable"),
)


def list_readings(*, max_rows: int) -> _Statement[list[Reading]]:
    """The first readings."""
    return _Statement(_LIST_READINGS, (max_rows,))


_GET_READING: _Query[Reading | None] = _Query(
    name="readings.get_reading",
    kind="maybe",
    lines=(
        _Line(
            "select id, sensor, valid, amount, score, tags, details, taken_on, taken_at\n",
            "from readings\n",
            "where id = ",
            0,
            ";",
        ),
    ),
    parameters=("id",),
    row=Reading,
    source="sql/readings.sql:11",
    timeout=0.25,
    effects=_Effects(reads=("public.readings",), volatility="stable"),
)


def get_reading(*, id: int) -> _Statement[Reading | None]:
    """One reading, in time or not at all."""
    return _Statement(_GET_READING, (id,))


_IMPORT_READINGS: _Query[int] = _Query(
    name="readings.import_readings",
    kind="copy",
    lines=(
        _Line(
            "copy readings (id, sensor, valid, amount, score, tags, details, taken_on, taken_at) from stdin",
        ),
    ),
    parameters=("rows",),
    copy_in="select id, sensor, valid, amount, score, tags, details, taken_on, taken_at from readings",
    source="sql/readings.sql:19",
    effects=_Effects(writes=("public.readings",)),
)


def import_readings(
    rows: _Iterable[
        tuple[int, str, bool, _Decimal, float, _Sequence[str | None], object, _date, _datetime]
    ],
) -> _Statement[int]:
    """Load the readings to be read."""
    return _Statement(_IMPORT_READINGS, (rows,))


_IMPORT_ARRIVALS: _Query[int] = _Query(
    name="readings.import_arrivals",
    kind="copy",
    lines=(
        _Line(
            "copy arrivals (id, sensor, valid, amount, score, tags, details, taken_on, taken_at) from stdin",
        ),
    ),
    parameters=("rows",),
    copy_in="select id, sensor, valid, amount, score, tags, details, taken_on, taken_at from arrivals",
    source="sql/readings.sql:23",
    effects=_Effects(writes=("public.arrivals",)),
)


def import_arrivals(
    rows: _Iterable[
        tuple[int, str, bool, _Decimal, float, _Sequence[str | None], object, _date, _datetime]
    ],
) -> _Statement[int]:
    """Load any number of readings, to be thrown away."""
    return _Statement(_IMPORT_ARRIVALS, (rows,))


_RECORD_ARRIVAL: _Query[int] = _Query(
    name="readings.record_arrival",
    kind="affected",
    lines=(
        _Line(
            "insert into arrivals (id, sensor, valid, amount, score, tags, details, taken_on, taken_at)\n",
            "values (\n",
            "    ",
            0,
            ", ",
            1,
            ", ",
            2,
            ", ",
            3,
            ", ",
            4,
            ", ",
            5,
            ", ",
            6,
            ", ",
            7,
            ", ",
            8,
            "\n",
            ");",
        ),
    ),
    parameters=(
        "id",
        "sensor",
        "valid",
        "amount",
        "score",
        "tags",
        "details",
        "taken_on",
        "taken_at",
    ),
    source="sql/readings.sql:27",
    effects=_Effects(writes=("public.arrivals",)),
)


def record_arrival(
    *,
    id: int,
    sensor: str,
    valid: bool,
    amount: _Decimal,
    score: float,
    tags: _Sequence[str | None],
    details: object,
    taken_on: _date,
    taken_at: _datetime,
) -> _Statement[int]:
    """One reading, to be thrown away."""
    return _Statement(
        _RECORD_ARRIVAL,
        (id, sensor, valid, amount, score, tags, details, taken_on, taken_at),
    )


_DELETE_ARRIVALS: _Query[None] = _Query(
    name="readings.delete_arrivals",
    kind="exec",
    lines=(_Line("truncate arrivals;"),),
    source="sql/readings.sql:34",
)


def delete_arrivals() -> _Statement[None]:
    """Throw them away."""
    return _Statement(_DELETE_ARRIVALS)


_IMPORT_PINGS: _Query[int] = _Query(
    name="readings.import_pings",
    kind="copy",
    lines=(_Line("copy pings (id, sensor, valid, score, taken_on, taken_at) from stdin"),),
    parameters=("rows",),
    copy_in="select id, sensor, valid, score, taken_on, taken_at from pings",
    source="sql/readings.sql:38",
    effects=_Effects(writes=("public.pings",)),
)


def import_pings(
    rows: _Iterable[tuple[int, str, bool, float, _date, _datetime]],
) -> _Statement[int]:
    """Load any number of pings, to be thrown away."""
    return _Statement(_IMPORT_PINGS, (rows,))


_RECORD_PING: _Query[int] = _Query(
    name="readings.record_ping",
    kind="affected",
    lines=(
        _Line(
            "insert into pings (id, sensor, valid, score, taken_on, taken_at)\n",
            "values (",
            0,
            ", ",
            1,
            ", ",
            2,
            ", ",
            3,
            ", ",
            4,
            ", ",
            5,
            ");",
        ),
    ),
    parameters=("id", "sensor", "valid", "score", "taken_on", "taken_at"),
    source="sql/readings.sql:42",
    effects=_Effects(writes=("public.pings",)),
)


def record_ping(
    *,
    id: int,
    sensor: str,
    valid: bool,
    score: float,
    taken_on: _date,
    taken_at: _datetime,
) -> _Statement[int]:
    """One ping, to be thrown away."""
    return _Statement(_RECORD_PING, (id, sensor, valid, score, taken_on, taken_at))


_DELETE_PINGS: _Query[None] = _Query(
    name="readings.delete_pings",
    kind="exec",
    lines=(_Line("truncate pings;"),),
    source="sql/readings.sql:47",
)


def delete_pings() -> _Statement[None]:
    """Throw them away."""
    return _Statement(_DELETE_PINGS)
