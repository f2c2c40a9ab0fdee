"""Which Python values a parameter takes, by its PostgreSQL type.

psycopg's C dumpers trust their caller: one that is made for ``time`` reads any object as if it were
one. So every argument is held against its parameter's type before it is sent, and a `datetime` is
not cut down to a ``date`` silently either.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
from itertools import chain
from types import NoneType
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

Test: TypeAlias = Callable[[Any], bool]
Reason: TypeAlias = Callable[[Any], "str | None"]


@dataclass(frozen=True, slots=True)
class Accepts:
    """What a parameter takes.

    ``exact`` is a class whose values need no test; ``words`` name what is taken in an error;
    ``why`` says what is wrong with a value where that isn't its class. ``usual`` is the class that
    most values have where they need a test, ``within`` a fast one of a value of just that class,
    and ``fit`` one of many of them at once.
    """

    exact: type
    fits: Test
    words: str
    why: Reason = lambda _value: None
    is_array: bool = False
    usual: type | None = None
    within: Test | None = None
    fit: Callable[[Sequence[Any]], bool] = lambda _values: False

    def takes(self, values: Sequence[Any]) -> bool:
        """Whether all of these values are taken, or None."""
        classes = {*map(type, values)}
        if NoneType in classes:
            classes.remove(NoneType)
            values = [value for value in values if value is not None]
        if classes <= {self.exact} or (classes == {self.usual} and self.fit(values)):
            return True
        return all(map(self.fits, values))

    def refusal(self, value: object) -> str:
        """Why a value that doesn't fit is refused, without the value."""
        return self.why(value) or f"must be {self.words}, not {type(value).__name__}"


# A class no value has: the test is always asked.
class _Never: ...


def _if(of: type, reason: str) -> Reason:
    return lambda value: reason if isinstance(value, of) else None


def _instance(*classes: type) -> Test:
    return lambda value: isinstance(value, classes)


def _integer(name: str, low: int, high: int) -> Accepts:
    # A dumper for 4 bytes takes the lowest 4 of any int.
    def fits(value: object) -> bool:
        return isinstance(value, int) and low <= value <= high

    def fit(values: Sequence[int]) -> bool:
        return low <= min(values) and max(values) <= high

    words = f"an int that fits {name} ({low} to {high})"
    why = _if(int, f"is out of range: it must be {words}")
    within = range(low, high + 1).__contains__  # would look at each of them for another class
    return Accepts(_Never, fits, words, why, usual=int, within=within, fit=fit)


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


def _without_zone(name: str, of: type) -> tuple[str, Reason]:
    words = f"{name} without a time zone"
    return words, _if(of, f"must be {words}: it has one")


def _aware(value: object) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def _without_nul(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


_TEXT = Accepts(
    _Never,
    _without_nul,
    "str",
    _if(str, "must not contain NUL"),
    usual=str,
    fit=lambda values: "\0" not in "".join(values),
)
_JSON = Accepts(dict, lambda _value: True, "a JSON value")

PLAIN: dict[str, Accepts] = {
    "int2": _integer("smallint", -(2**15), 2**15 - 1),
    "int4": _integer("integer", -(2**31), 2**31 - 1),
    "int8": _integer("bigint", -(2**63), 2**63 - 1),
    "oid": _integer("oid", 0, 2**32 - 1),
    "float4": Accepts(
        _Never, _fits_single, "float", _if(float, "is out of range: it must be a float of real's")
    ),
    "float8": Accepts(float, _instance(float, int), "float"),
    "numeric": Accepts(Decimal, _instance(Decimal, int), "Decimal"),
    "bool": Accepts(bool, _instance(bool), "bool"),
    "bytea": Accepts(bytes, _instance(bytes, bytearray, memoryview), "bytes"),
    "date": Accepts(_Never, _plain_date, "date", usual=date, fit=lambda _values: True),
    "time": Accepts(_Never, _naive(time), *_without_zone("time", time)),
    "timestamp": Accepts(_Never, _naive(datetime), *_without_zone("datetime", datetime)),
    "timestamptz": Accepts(
        _Never,
        _aware,
        "datetime with a time zone",
        _if(datetime, "must be datetime with a time zone: it has none"),
        usual=datetime,
        fit=lambda values: None not in {value.tzinfo for value in values},
    ),
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
        return all(map(takes, items))

    def takes(item: Any) -> bool:
        return item is None or element.fits(item) or (isinstance(item, list) and fits(item))

    def why(value: Any) -> str | None:
        if isinstance(value, (str, bytes, bytearray)) or not isinstance(value, Sequence):
            return None
        items: Sequence[Any] = value
        wrong = [takes(item) for item in items].index(False)
        item = items[wrong]
        said = why(item) if isinstance(item, list) else None
        return f"must be {words}: element {wrong + 1} {said or element.refusal(item)}"

    def fit(values: Sequence[list[Any]]) -> bool:
        return element.takes([*chain.from_iterable(values)])

    words = f"a sequence of {element.words}"
    return Accepts(_Never, fits, words, why, is_array=True, usual=list, fit=fit)


def accepts_range(subtype: Accepts) -> Accepts:
    """A psycopg `Range` whose bounds fit the subtype."""

    def fits(value: Any) -> bool:
        if not isinstance(value, Range):
            return False
        bounds: tuple[Any, ...] = (value.lower, value.upper)  # pyright: ignore[reportUnknownMemberType] # of any type
        return all(bound is None or subtype.fits(bound) for bound in bounds)

    words = f"a Range of {subtype.words}"
    return Accepts(_Never, fits, words, _if(Range, f"must be {words}"))


def accepts_multirange(subtype: Accepts) -> Accepts:
    """A psycopg `Multirange` of ranges that fit."""
    inner = accepts_range(subtype)

    def fits(value: Any) -> bool:
        if not isinstance(value, Multirange):
            return False
        ranges: Sequence[Any] = value
        return all(map(inner.fits, ranges))

    words = f"a Multirange of {subtype.words}"
    return Accepts(_Never, fits, words, _if(Multirange, f"must be {words}"))


def accepts_composite(name: str, fields: Sequence[Accepts]) -> Accepts:
    """A row or tuple with one value, or None, for each field."""
    fields = [_as_list(field) if field.is_array else field for field in fields]

    def fits(value: Any) -> bool:
        if not isinstance(value, (tuple, msgspec.Struct)):
            return False
        values = as_tuple(value)
        return len(values) == len(fields) and all(
            item is None or field.fits(item) for item, field in zip(values, fields, strict=True)
        )

    words = ", ".join(field.words for field in fields)
    row = f"a row of {name} ({words})"
    return Accepts(_Never, fits, row, _if(tuple, f"must be {row}"))


def _as_list(array: Accepts) -> Accepts:
    """An array inside a composite, where psycopg takes no other sequence for one."""

    def fits(value: Any) -> bool:
        return isinstance(value, list) and array.fits(value)

    return replace(array, fits=fits, words=array.words.replace("sequence", "list", 1))


def as_tuple(value: tuple[Any, ...] | msgspec.Struct) -> tuple[Any, ...]:
    """A composite's fields, from a row class or a tuple."""
    return value if isinstance(value, tuple) else msgspec.structs.astuple(value)
