"""Which Python values a parameter takes, by its PostgreSQL type.

psycopg's C dumpers trust their caller: one that is made for ``time`` reads any object as if it were
one. So every argument is held against its parameter's type before it is sent, and a `datetime` is
not cut down to a ``date`` silently either.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

Test: TypeAlias = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Accepts:
    """What a parameter takes.

    ``exact`` is a class whose values need no test; ``words`` name what is taken in an error;
    ``ranged`` is the class whose values may be too large or small.
    """

    exact: type
    fits: Test
    words: str
    ranged: type | None = None
    is_array: bool = False

    def refusal(self, value: object) -> str:
        """Why a value that doesn't fit is refused, without the value."""
        if self.ranged is not None and isinstance(value, self.ranged):
            return f"is out of range: it must be {self.words}"
        return f"must be {self.words}, not {type(value).__name__}"


# A class no value has: the test is always asked.
class _Never: ...


def _instance(*classes: type) -> Test:
    return lambda value: isinstance(value, classes)


def _integer(name: str, low: int, high: int) -> Accepts:
    # A dumper for 4 bytes takes the lowest 4 of any int.
    def fits(value: object) -> bool:
        return isinstance(value, int) and low <= value <= high

    return Accepts(_Never, fits, f"an int that fits {name} ({low} to {high})", ranged=int)


def _fits_single(value: object) -> bool:
    # A larger float would become infinity.
    if not isinstance(value, (float, int)):
        return False
    return abs(value) <= _LARGEST_SINGLE or math.isinf(value) or math.isnan(value)


_LARGEST_SINGLE = 3.4028234663852886e38


def _plain_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _naive(of: type[datetime | time]) -> Test:
    return lambda value: isinstance(value, of) and value.tzinfo is None


def _aware(value: object) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def _without_nul(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


_TEXT = Accepts(_Never, _without_nul, "str without NUL")
_JSON = Accepts(dict, lambda _value: True, "a JSON value")

PLAIN: dict[str, Accepts] = {
    "int2": _integer("smallint", -(2**15), 2**15 - 1),
    "int4": _integer("integer", -(2**31), 2**31 - 1),
    "int8": _integer("bigint", -(2**63), 2**63 - 1),
    "oid": _integer("oid", 0, 2**32 - 1),
    "float4": Accepts(_Never, _fits_single, "a float that fits real", ranged=float),
    "float8": Accepts(float, _instance(float, int), "float"),
    "numeric": Accepts(Decimal, _instance(Decimal, int), "Decimal"),
    "bool": Accepts(bool, _instance(bool), "bool"),
    "bytea": Accepts(bytes, _instance(bytes, bytearray, memoryview), "bytes"),
    "date": Accepts(_Never, _plain_date, "date (not datetime)"),
    "time": Accepts(_Never, _naive(time), "time without a time zone"),
    "timestamp": Accepts(_Never, _naive(datetime), "datetime without a time zone"),
    "timestamptz": Accepts(_Never, _aware, "datetime with a time zone"),
    "interval": Accepts(timedelta, _instance(timedelta), "timedelta"),
    "uuid": Accepts(UUID, _instance(UUID), "UUID"),
    "inet": Accepts(
        _Never,
        _instance(IPv4Address, IPv6Address, IPv4Interface, IPv6Interface),
        "an address of the module ipaddress",
    ),
    "cidr": Accepts(_Never, _instance(IPv4Network, IPv6Network), "a network of ipaddress"),
    "json": _JSON,
    "jsonb": _JSON,
}


def accepts_plain(name: str) -> Accepts:
    """What a base type or enum takes, by its name in ``pg_type``; text, unless it has a class."""
    return PLAIN.get(name, _TEXT)


# The values below are of any type on purpose: `isinstance` leaves their contents unknown.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false


def accepts_array(element: Accepts) -> Accepts:
    """A sequence of ``element`` or None, nested for several dimensions."""

    def fits(value: Any) -> bool:
        if isinstance(value, (str, bytes, bytearray)) or not isinstance(value, Sequence):
            return False
        items: Sequence[Any] = value
        return all(item is None or element.fits(item) or _nested(item, fits) for item in items)

    return Accepts(_Never, fits, f"a sequence of {element.words}", is_array=True)


def _nested(item: object, fits: Test) -> bool:
    return isinstance(item, list) and fits(item)


def accepts_range(subtype: Accepts) -> Accepts:
    """A psycopg `Range` whose bounds fit the subtype."""

    def fits(value: Any) -> bool:
        if not isinstance(value, Range):
            return False
        bounds: tuple[Any, ...] = (value.lower, value.upper)  # pyright: ignore[reportUnknownMemberType] # of any type
        return all(bound is None or subtype.fits(bound) for bound in bounds)

    return Accepts(_Never, fits, f"a Range of {subtype.words}")


def accepts_multirange(subtype: Accepts) -> Accepts:
    """A psycopg `Multirange` of ranges that fit."""
    inner = accepts_range(subtype)

    def fits(value: Any) -> bool:
        if not isinstance(value, Multirange):
            return False
        ranges: Sequence[Any] = value
        return all(map(inner.fits, ranges))

    return Accepts(_Never, fits, f"a Multirange of {subtype.words}")


def accepts_composite(name: str, fields: Sequence[Accepts]) -> Accepts:
    """A row or tuple with one value, or None, for each field."""

    def fits(value: Any) -> bool:
        if not isinstance(value, (tuple, msgspec.Struct)):
            return False
        values = as_tuple(value)
        return len(values) == len(fields) and all(
            item is None or field.fits(item) for item, field in zip(values, fields, strict=True)
        )

    words = ", ".join(field.words for field in fields)
    return Accepts(_Never, fits, f"a row of {name} ({words})")


def as_tuple(value: tuple[Any, ...] | msgspec.Struct) -> tuple[Any, ...]:
    """A composite's fields, from a row class or a tuple."""
    return value if isinstance(value, tuple) else msgspec.structs.astuple(value)
