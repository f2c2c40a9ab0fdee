"""The types of one database that psycopg does not know by itself, and the adapters for them.

Enums, domains, composites, ranges and their arrays have an oid of their own in each database. What
the catalog says of them is read when a statement first needs it and kept for the whole pool.

Types without a Python class in `sqlkit.database.parameters` travel as PostgreSQL's own text.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import pq
from psycopg.adapt import AdaptersMap
from psycopg.adapt import Dumper as BaseDumper
from psycopg.adapt import Loader as BaseLoader
from psycopg.types import TypeInfo
from psycopg.types.composite import CompositeInfo, register_composite
from psycopg.types.json import set_json_dumps
from psycopg.types.multirange import (
    MultirangeBinaryDumper,
    MultirangeDumper,
    MultirangeInfo,
    register_multirange,
)
from psycopg.types.range import RangeBinaryDumper, RangeDumper, RangeInfo, register_range
from psycopg.types.string import StrBinaryDumper, StrDumper, TextBinaryLoader, TextLoader

from sqlkit.database import json, parameters
from sqlkit.database.interval import IntervalLoader
from sqlkit.database.parameters import PLAIN, Accepts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from psycopg.abc import AdaptContext, Buffer, Dumper

# Read by kind of type: PostgreSQL manual, 54.64 "pg_type", columns typtype and typarray.
CATALOG = """
with recursive needed(oid) as (
    select unnest($1::oid[])
    union
    select part.oid
    from needed
    join pg_catalog.pg_type as t on t.oid = needed.oid
    left join pg_catalog.pg_type as e on e.oid = t.typelem
    left join pg_catalog.pg_range as r on r.rngtypid = t.oid or r.rngmultitypid = t.oid
    cross join lateral (
        select e.oid where e.typarray = t.oid
        union all select t.typbasetype where t.typtype = 'd'
        union all select r.rngsubtype where r.rngtypid is not null
        union all select r.rngtypid where r.rngmultitypid = t.oid
        union all
        select a.atttypid from pg_catalog.pg_attribute as a
        where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    ) as part(oid)
)
select
    t.oid::int8,
    t.typname::text,
    n.nspname::text,
    case when e.typarray = t.oid then 'a' else t.typtype::text end,
    t.typarray::int8,
    case
        when e.typarray = t.oid then t.typelem
        when t.typtype = 'd' then t.typbasetype
        when t.typtype = 'm' then r.rngtypid
        else coalesce(r.rngsubtype, 0)
    end::int8,
    f.names,
    f.types
from needed
join pg_catalog.pg_type as t on t.oid = needed.oid
join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
left join pg_catalog.pg_type as e on e.oid = t.typelem
left join pg_catalog.pg_range as r on r.rngtypid = t.oid or r.rngmultitypid = t.oid
cross join lateral (
    select
        array_agg(a.attname::text order by a.attnum) as names,
        array_agg(a.atttypid::int8 order by a.attnum) as types
    from pg_catalog.pg_attribute as a
    where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
) as f
"""

# How many nanoseconds more reading a value takes from text than from binary, as measured with
# psycopg 3.3. What isn't here always is in binary, where it is much faster to read, much smaller to
# send, or, as float4, has another value in Python.
_TEXT_COSTS: dict[str, float] = {
    "bool": 0,
    "date": -80,
    "float8": 30,
    "int2": 30,
    "int4": 30,
    "int8": 35,
    "interval": 20,
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

# Base types whose binary form is their text.
_TEXT_IN_BINARY = frozenset({"text", "varchar", "bpchar", "name", "citext"})
_JSON = ("json", "jsonb")
_KNOWN_TO_PSYCOPG = frozenset(PLAIN) | {"text", "varchar", "name"}


@dataclass(frozen=True, slots=True)
class PgType:
    """One type, as the catalog tells it.

    ``kind`` is ``pg_type.typtype``, or ``a`` for an array; ``of`` the oid of the element, base
    type, subtype or range; ``field_names`` and ``field_types`` (oids) those of a composite.
    """

    oid: int
    name: str
    schema: str
    kind: str
    array: int
    of: int
    field_names: Sequence[str] | None = None
    field_types: Sequence[int] | None = None


class Types:
    """What is known of the types of one database. Shared by the connections of a pool."""

    def __init__(self) -> None:
        self._known = dict(_BUILT_IN)

    def missing(self, oids: Iterable[int]) -> list[int]:
        """Those of the oids that the catalog has not been asked about."""
        return sorted({oid for oid in oids if oid not in self._known})

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Take in rows of `CATALOG`."""
        for row in rows:
            found = PgType(*row)
            self._known[found.oid] = found

    def accepts(self, oid: int) -> Accepts:
        """Which Python values a parameter of this type takes."""
        found = self._known[oid]
        match found.kind:
            case "a":
                return parameters.accepts_array(self.accepts(found.of))
            case "d":
                return self.accepts(found.of)
            case "r":
                return parameters.accepts_range(self.accepts(found.of))
            case "m":
                return parameters.accepts_multirange(self.accepts(self._known[found.of].of))
            case "c":
                fields = [self.accepts(field) for field in found.field_types or ()]
                return parameters.accepts_composite(found.name, fields)
            case _:
                return parameters.accepts_plain(found.name)

    def format(self, oids: Iterable[int]) -> pq.Format:
        """Binary, unless one of the types can only be had as text."""
        return pq.Format.BINARY if all(map(self._has_binary, oids)) else pq.Format.TEXT

    def result_format(self, oids: Sequence[int]) -> pq.Format:
        """The format that is read faster: binary for most types, text for some."""
        if not all(map(self._has_binary, oids)):
            return pq.Format.TEXT
        dearer = sum(_TEXT_COSTS.get(self._known[oid].name, inf) for oid in oids)
        return pq.Format.TEXT if dearer < 0 else pq.Format.BINARY

    def _has_binary(self, oid: int) -> bool:
        found = self._known[oid]
        match found.kind:
            case "e":
                return True
            case "b":
                return found.name in PLAIN or found.name in _TEXT_IN_BINARY
            case "a" | "d" | "r" | "m":
                return self._has_binary(found.of)
            case "c":
                return all(map(self._has_binary, found.field_types or ()))
            case _:
                return found.name == "void"

    def _base_name(self, oid: int) -> str:
        """The name of the type below a domain, or of the type itself."""
        found = self._known[oid]
        return self._base_name(found.of) if found.kind == "d" else found.name

    def adapters(
        self, oids: Sequence[int], composites: Mapping[str, Callable[..., Any]]
    ) -> AdaptersMap:
        """Adapters for these types and all they consist of, with row classes by composite."""
        if all(oid in _BUILT_IN for oid in oids):
            return ADAPTERS
        adapters = AdaptersMap(ADAPTERS)
        registered: set[int] = set()
        for oid in oids:
            self._register(oid, adapters, composites, registered)
        return adapters

    def _register(
        self,
        oid: int,
        adapters: AdaptersMap,
        composites: Mapping[str, Callable[..., Any]],
        registered: set[int],
    ) -> None:
        if oid in registered or oid in _BUILT_IN:
            return
        registered.add(oid)
        found = self._known[oid]
        for part in (found.of, *(found.field_types or ())):
            if part:
                self._register(part, adapters, composites, registered)
        match found.kind:
            case "r" if adapters.types.get(oid) is None:
                _register_range(found, adapters)
            case "m" if adapters.types.get(oid) is None:
                _register_multirange(found, self._known[found.of], adapters)
            case "c":
                _register_composite(found, composites, adapters)
            case "d":
                _register_domain(found, adapters, is_json=self._base_name(oid) in _JSON)
            case "r" | "m" | "a":
                pass
            case "p" if found.name == "void":
                adapters.register_loader(oid, VoidLoader)
                adapters.register_loader(oid, VoidBinaryLoader)
            case _:
                _register_text(found, adapters)


class VoidLoader(BaseLoader):
    """What a function that gives nothing gives."""

    def load(self, data: Buffer) -> None:
        """Nothing."""


class VoidBinaryLoader(VoidLoader):
    """`VoidLoader`, in binary."""

    format = pq.Format.BINARY


def _register_range(found: PgType, adapters: AdaptersMap) -> None:
    register_range(RangeInfo(found.name, found.oid, found.array, subtype_oid=found.of), adapters)
    for dumper in (RangeDumper, RangeBinaryDumper):
        adapters.register_dumper(None, _for_oid(dumper, found.oid, subtype_oid=found.of))


def _register_multirange(found: PgType, range_: PgType, adapters: AdaptersMap) -> None:
    info = MultirangeInfo(
        found.name, found.oid, found.array, range_oid=range_.oid, subtype_oid=range_.of
    )
    register_multirange(info, adapters)
    for dumper in (MultirangeDumper, MultirangeBinaryDumper):
        adapters.register_dumper(None, _for_oid(dumper, found.oid, subtype_oid=range_.of))


def _register_composite(
    found: PgType, composites: Mapping[str, Callable[..., Any]], adapters: AdaptersMap
) -> None:
    names = list(found.field_names or ())
    row = composites.get(f"{found.schema}.{found.name}") or named_tuple(found.name, names)
    info = CompositeInfo(
        found.name, found.oid, found.array, field_names=names, field_types=found.field_types or ()
    )
    register_composite(
        info,
        adapters,
        row,
        make_object=lambda values, _info: row(*values),
        make_sequence=lambda value, _info: parameters.as_tuple(value),
    )


def named_tuple(name: str, fields: Sequence[str]) -> Callable[..., Any]:
    """A named tuple class for columns or fields only known at run time, awkward names replaced."""
    made: Callable[..., Any] = namedtuple(name, fields, rename=True)  # type: ignore[misc] # as said
    return made


def _register_domain(found: PgType, adapters: AdaptersMap, *, is_json: bool) -> None:
    for format_ in pq.Format:
        loader = adapters.get_loader(found.of, format_)
        if loader is not None:
            adapters.register_loader(found.oid, loader)
        try:
            dumper = adapters.get_dumper_by_oid(found.of, format_)
        except psycopg.ProgrammingError:
            continue
        adapters.register_dumper(None, _domain_dumper(dumper, found.oid))
    _register_array_of(found, adapters)
    if is_json and found.array:
        _take_lists_for_json(adapters, found.array)


def _domain_dumper(base: type[Dumper], oid: int) -> type[DomainDumper]:
    # psycopg's C dumpers can't be subclassed, so the base type's is asked.
    return type("DomainDumper", (DomainDumper,), {"base": base, "oid": oid, "format": base.format})


class DomainDumper(BaseDumper):
    """Sends a value of a domain as its base type does."""

    base: type[Dumper]

    def __init__(self, cls: type, context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        self._dumper = self.base(cls, context)

    def dump(self, obj: Any) -> Buffer | None:
        """The value's bytes."""
        return self._dumper.dump(obj)


def _register_text(found: PgType, adapters: AdaptersMap) -> None:
    """An enum is its label; a type without a class of its own is PostgreSQL's text of it."""
    adapters.register_loader(found.oid, TextLoader)
    adapters.register_loader(found.oid, TextBinaryLoader)
    adapters.register_dumper(None, _for_oid(StrDumper, found.oid))
    adapters.register_dumper(None, _for_oid(StrBinaryDumper, found.oid))
    _register_array_of(found, adapters)


def _register_array_of(found: PgType, adapters: AdaptersMap) -> None:
    if found.array:
        TypeInfo(found.name, found.oid, found.array).register(adapters)


def _for_oid(dumper: type[Dumper], oid: int, **attributes: int) -> type[Dumper]:
    return type(dumper.__name__, (dumper,), {"oid": oid, **attributes})


def _base_adapters() -> AdaptersMap:
    adapters = AdaptersMap(psycopg.adapters)
    for name in _JSON:
        adapters.register_loader(name, json.JsonLoader)
    adapters.register_loader("json", json.JsonBinaryLoader)
    adapters.register_loader("jsonb", json.JsonbBinaryLoader)
    set_json_dumps(json.encode, adapters)
    if pq.__impl__ == "python":
        adapters.register_loader("interval", IntervalLoader)
    for name in _JSON:
        _take_lists_for_json(adapters, adapters.types[name].array_oid)
    return adapters


def _take_lists_for_json(adapters: AdaptersMap, array: int) -> None:
    """Let an element of an array of JSON be a list, which psycopg takes for a dimension."""
    for format_ in pq.Format:
        dumper: Any = adapters.get_dumper_by_oid(array, format_)

        def dump(self: Any, values: list[Any], base: Any = dumper) -> Buffer | None:
            elements: list[Any] = [tuple(v) if isinstance(v, list) else v for v in values]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] # of any type
            dumped: Buffer | None = base.dump(self, elements)
            return dumped

        adapters.register_dumper(None, type(dumper.__name__, (dumper,), {"dump": dump}))


ADAPTERS = _base_adapters()
"""psycopg's own adapters, with msgspec for JSON."""


def _built_in() -> Iterator[tuple[int, PgType]]:
    for info in ADAPTERS.types:
        if info.name in _KNOWN_TO_PSYCOPG:
            yield info.oid, PgType(info.oid, info.name, "pg_catalog", "b", info.array_oid, 0)
            yield (
                info.array_oid,
                PgType(info.array_oid, f"_{info.name}", "pg_catalog", "a", 0, info.oid),
            )


_BUILT_IN = dict(_built_in())
