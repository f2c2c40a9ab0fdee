"""Whether values travel in binary or as text. Pure."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from psycopg import pq

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

TEXT_IN_BINARY = frozenset({"text", "varchar", "bpchar", "name", "citext"})
"""Base types whose binary form is their text."""

DATES = frozenset({"date", "timestamp", "timestamptz"})
"""Types whose text is as the session's DateStyle says; that of ISO 8601 only is read."""

FLOATS = frozenset({"float8"})
"""Types whose text may lack digits, if the session's extra_float_digits says so."""

# How many nanoseconds more it takes to read a value from text than from binary, as measured with
# psycopg 3.3. What isn't here is better had in binary always: there it is much faster to read or
# much smaller, or its text depends on a setting that isn't looked at (interval), or means another
# number in Python (float4).
_DEARER_AS_TEXT = {
    "bool": 0,
    "date": -80,
    "float8": 190,
    "int2": 30,
    "int4": 30,
    "int8": 35,
    "json": -200,
    "jsonb": -400,
    "numeric": -500,
    "oid": 30,
    "text": 0,
    "time": 10,
    "timestamp": -20,
    "timestamptz": 55,
    "uuid": 35,
    "varchar": 0,
    "_int4": 280,
    "_int8": 280,
    "_text": 150,
    "_varchar": 150,
}


def faster(types: Iterable[str], unsure: Container[str]) -> pq.Format:
    """The format in which rows of these types are read faster, where all have a binary one.

    ``unsure``: those that the session writes otherwise than they are read.
    """
    dearer = sum(inf if name in unsure else _DEARER_AS_TEXT.get(name, inf) for name in types)
    return pq.Format.TEXT if dearer < 0 else pq.Format.BINARY
