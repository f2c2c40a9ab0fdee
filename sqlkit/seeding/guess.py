"""Values for a column of which only the catalog is known: by its type, and its name if it is text.

What is guessed here need not be allowed: PostgreSQL itself is asked which of the candidates satisfy
a column's conditions. The constants in these conditions are candidates, too.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from sqlkit.errors import SeedingError
from sqlkit.seeding.constants import INTEGERS, constants
from sqlkit.seeding.texts import is_text, numbered, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from sqlkit.seeding.filled import Field

_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
_DAY_ONE = date(1000, 1, 1)
_DAYS = 3_000_000


def candidates(field: Field, conditions: Sequence[str], random: Random, seed: int) -> list[Any]:
    """Values to try for a column, without NULL; raises `SeedingError` for an unknown type."""
    make = _maker(field, seed)
    values = [make(random) for _ in range(200)]
    values += [value for text in conditions for value in constants(field, text)]
    if conditions and is_text(field):
        values += [text for value in values[:50] for text in (value.upper(), value.lower())]
    return values


def arrays(values: Sequence[Any], random: Random) -> list[list[Any]]:
    """Arrays of these values."""
    return [[], *([random.choice(values) for _ in range(1 + n % 3)] for n in range(50))]


def distinct(field: Field, number: int, value: Any) -> Any:
    """A value that no other number has, like ``value``; None if the type has too few.

    Two ranges of this kind never overlap.
    """
    if field.is_array:
        return None
    base = field.base
    if is_text(field):
        return numbered(field, str(value), number)
    if base == "uuid":
        return value
    if field.category == "r" and base in _RANGES:
        low: Any = _numbered(_RANGES[base], number)
        return Range(low, low + (_STEPS.get(_RANGES[base]) or 1))
    return _numbered(base, number)


def _numbered(base: str, number: int) -> Any:
    if base in INTEGERS:
        return number % INTEGERS[base]
    if base in ("numeric", "float4", "float8"):
        return Decimal(number) if base == "numeric" else float(number)
    if base == "date":
        return _DAY_ONE + timedelta(days=number % _DAYS)
    if base in ("timestamp", "timestamptz"):
        moment = _NOON + timedelta(hours=number)
        return moment if base == "timestamptz" else moment.replace(tzinfo=None)
    if base in ("inet", "cidr"):
        return IPv4Address(number % 2**32) if base == "inet" else IPv4Network(number % 2**32)
    return None


def _maker(field: Field, seed: int) -> Callable[[Random], Any]:
    base = field.base
    if field.category == "e":
        return lambda random: random.choice(field.words)
    if is_text(field):
        values = texts(field, seed)
        return lambda random: random.choice(values)
    if base == "numeric":
        return _numeric(field)
    if base in ("bit", "varbit"):
        return lambda _random: "0" * max(1, field.modifier)
    if field.category == "r" and base in _RANGES:
        return lambda random: _range(_RANGES[base], random)
    of = base.replace("multirange", "range")
    if field.category == "m" and of in _RANGES:
        return lambda random: Multirange([_range(_RANGES[of], random)])
    if base in _MAKERS:
        return _MAKERS[base]
    if base in _TEXTS:
        return lambda _random: _TEXTS[base]
    raise SeedingError(
        f'no values are known of the type {field.type}, of the column "{field.name}"'
    )


def _numeric(field: Field) -> Callable[[Random], Decimal]:
    """Within ``numeric(precision, scale)``, whose modifier holds both in 16 bits each, plus 4."""
    if field.modifier < 4:
        return lambda random: Decimal(random.randrange(100_000)).scaleb(-2)
    precision, scale = (field.modifier - 4) >> 16, (field.modifier - 4) & 0x7FF
    if scale > 1000:  # a negative one
        scale -= 2048
    return lambda random: Decimal(random.randrange(10 ** min(precision, 6))).scaleb(-scale)


def _moment(random: Random) -> datetime:
    return _NOON - timedelta(seconds=random.randrange(2 * 365 * 86_400))


# What each range type is a range of (PostgreSQL manual, 8.17.1).
_RANGES = {
    "int4range": "int4",
    "int8range": "int8",
    "numrange": "numeric",
    "daterange": "date",
    "tsrange": "timestamp",
    "tstzrange": "timestamptz",
}
_STEPS = {
    "date": timedelta(days=1),
    "timestamp": timedelta(hours=1),
    "timestamptz": timedelta(hours=1),
}


def _range(of: str, random: Random) -> Range[Any]:
    low: Any = Decimal(random.randrange(1000)) if of == "numeric" else _MAKERS[of](random)
    return Range(low, low + 7 * (_STEPS.get(of) or 1))


_MAKERS: dict[str, Callable[[Random], Any]] = {
    "int2": lambda random: random.randrange(1, 1_000),
    "int4": lambda random: random.randrange(1, 1_000),
    "int8": lambda random: random.randrange(1, 1_000),
    "oid": lambda random: random.randrange(1, 1_000),
    "float4": lambda random: random.randrange(10_000) / 4,
    "float8": lambda random: random.randrange(100_000) / 100,
    "bool": lambda random: random.random() < 0.5,
    "date": lambda random: _moment(random).date(),
    "time": lambda random: time(random.randrange(24), random.randrange(60)),
    "timestamp": lambda random: _moment(random).replace(tzinfo=None),
    "timestamptz": _moment,
    "interval": lambda random: timedelta(minutes=random.randrange(1, 10_000)),
    "uuid": lambda random: UUID(int=random.getrandbits(128), version=4),
    "json": lambda random: {"n": random.randrange(100)},
    "jsonb": lambda random: {"n": random.randrange(100)},
    "bytea": lambda random: random.randbytes(8),
    "inet": lambda random: IPv4Address(random.getrandbits(32)),
    "cidr": lambda random: IPv4Network((random.getrandbits(24) << 8, 24)),
    "macaddr": lambda random: random.randbytes(6).hex(":"),
    "money": lambda random: f"{random.randrange(10_000)}.00",
    "xml": lambda random: f"<n>{random.randrange(100)}</n>",
    "point": lambda random: f"({random.randrange(100)},{random.randrange(100)})",
    "tsvector": lambda random: f"word{random.randrange(100)}",
}


# Of types that are rare, one value will do.
_TEXTS = {
    "timetz": "12:00+00",
    "macaddr8": "08:00:2b:01:02:03:04:05",
    "box": "(1,1),(0,0)",
    "circle": "<(0,0),1>",
    "line": "{1,2,3}",
    "lseg": "[(0,0),(1,1)]",
    "path": "[(0,0),(1,1)]",
    "polygon": "((0,0),(1,1),(1,0))",
    "tsquery": "'word'",
    "jsonpath": "$",
    "char": "a",
    "hstore": '"a"=>"1"',
    "ltree": "top.part",
}


def one(base: str, random: Random) -> Any:
    """One value of a type."""
    return _MAKERS[base](random)
