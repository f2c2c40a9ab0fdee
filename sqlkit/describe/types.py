"""What PostgreSQL's types are, as far as Python cares. Pure values, made from catalog rows.

`sql` of every type is what ``format_type`` prints. The classes of DESIGN §5's table:

    Scalar       one Python class holds its values
    Text         no class of its own: its text as ``str``
    Enum         one of a few labels
    Array        a list of elements
    Composite    a row inside a value
    Range        two bounds; Multirange several ranges
    Domain       its base type, with a check
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A Python class, by the module it is imported from."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Scalar:
    """A type whose values are of a Python class, or of one of several."""

    sql: str
    python: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A type without a class of its own: its text, as ``str``."""

    sql: str


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum type and its labels in their order."""

    sql: str
    schema: str
    name: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """An array, of any number of dimensions."""

    sql: str
    element: Type


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a composite type; every one can be NULL."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Composite:
    """A composite type, or the row type of a table or view."""

    sql: str
    schema: str
    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A range of a subtype."""

    sql: str
    subtype: Type


@dataclass(frozen=True, slots=True)
class Multirange:
    """Several ranges of a subtype."""

    sql: str
    subtype: Type


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain: its values are those of its base type.

    ``not_null`` is what the domain says of a value that is stored; it proves nothing of one that is
    read (PostgreSQL manual, CREATE DOMAIN, Notes).
    """

    sql: str
    base: Type
    not_null: bool


Type: TypeAlias = Scalar | Text | Enum | Array | Composite | Range | Multirange | Domain

STR = Name("builtins", "str")
JSON = Name("sqlkit.row", "Json")
NONE = Name("builtins", "None")


def _ip(*names: str) -> tuple[Name, ...]:
    return tuple(Name("ipaddress", name) for name in names)


PYTHON: dict[str, tuple[Name, ...]] = {
    **dict.fromkeys(("int2", "int4", "int8", "oid"), (Name("builtins", "int"),)),
    **dict.fromkeys(("float4", "float8"), (Name("builtins", "float"),)),
    "numeric": (Name("decimal", "Decimal"),),
    "bool": (Name("builtins", "bool"),),
    **dict.fromkeys(("text", "varchar", "bpchar", "char", "name"), (STR,)),
    "date": (Name("datetime", "date"),),
    "time": (Name("datetime", "time"),),
    **dict.fromkeys(("timestamp", "timestamptz"), (Name("datetime", "datetime"),)),
    "interval": (Name("datetime", "timedelta"),),
    "uuid": (Name("uuid", "UUID"),),
    "bytea": (Name("builtins", "bytes"),),
    "inet": _ip("IPv4Address", "IPv4Interface", "IPv6Address", "IPv6Interface"),
    "cidr": _ip("IPv4Network", "IPv6Network"),
    **dict.fromkeys(("json", "jsonb"), (JSON,)),
    "void": (NONE,),
}
"""Base types of ``pg_catalog`` by ``typname``, and the classes that hold their values."""


def undomained(type_: Type) -> Type:
    """The type with its domains, over domains too, taken off."""
    while isinstance(type_, Domain):
        type_ = type_.base
    return type_


def refuses_null(type_: Type) -> bool:
    """Whether a NULL of this type can't be stored: a domain on the way down says NOT NULL."""
    while isinstance(type_, Domain):
        if type_.not_null:
            return True
        type_ = type_.base
    return False


def parts(type_: Type) -> list[Type]:
    """The type and every type it consists of, outer before inner."""
    found = [type_]
    for part in found:
        match part:
            case Array(element=inner) | Range(subtype=inner) | Multirange(subtype=inner):
                found.append(inner)
            case Domain(base=inner):
                found.append(inner)
            case Composite(fields=fields):
                found += [field.type for field in fields]
            case _:
                pass
    return found
