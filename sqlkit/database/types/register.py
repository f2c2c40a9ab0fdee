"""Adapters for the types that each database has of its own."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import pq
from psycopg.adapt import Dumper as BaseDumper
from psycopg.adapt import Loader as BaseLoader
from psycopg.types import TypeInfo
from psycopg.types.composite import CompositeInfo, register_composite
from psycopg.types.multirange import (
    MultirangeBinaryDumper,
    MultirangeDumper,
    MultirangeInfo,
    register_multirange,
)
from psycopg.types.range import RangeBinaryDumper, RangeDumper, RangeInfo, register_range
from psycopg.types.string import StrBinaryDumper, StrDumper, TextBinaryLoader, TextLoader

from sqlkit.database.types import accepts, composite
from sqlkit.database.types.base import take_lists_for_json
from sqlkit.database.types.named_tuple import named_tuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from psycopg.abc import AdaptContext, Buffer, Dumper
    from psycopg.adapt import AdaptersMap

    from sqlkit.database.types.catalog import PgType


class VoidLoader(BaseLoader):
    """What a function that gives nothing gives."""

    def load(self, data: Buffer) -> None:
        """Nothing."""


class VoidBinaryLoader(VoidLoader):
    """`VoidLoader`, in binary."""

    format = pq.Format.BINARY


def add_void(oid: int, adapters: AdaptersMap) -> None:
    """The result of a function that gives nothing."""
    adapters.register_loader(oid, VoidLoader)
    adapters.register_loader(oid, VoidBinaryLoader)


def add_range(found: PgType, adapters: AdaptersMap) -> None:
    """A range."""
    register_range(RangeInfo(found.name, found.oid, found.array, subtype_oid=found.of), adapters)
    for dumper in (RangeDumper, RangeBinaryDumper):
        adapters.register_dumper(None, _for_oid(dumper, found.oid, subtype_oid=found.of))


def add_multirange(found: PgType, range_: PgType, adapters: AdaptersMap) -> None:
    """A multirange."""
    info = MultirangeInfo(
        found.name, found.oid, found.array, range_oid=range_.oid, subtype_oid=range_.of
    )
    register_multirange(info, adapters)
    for dumper in (MultirangeDumper, MultirangeBinaryDumper):
        adapters.register_dumper(None, _for_oid(dumper, found.oid, subtype_oid=range_.of))


def add_composite(
    found: PgType, composites: Mapping[str, Callable[..., Any]], adapters: AdaptersMap
) -> None:
    """A composite, with its row class."""
    info, row, make = _composite(found, composites.get(f"{found.schema}.{found.name}"))
    register_composite(info, adapters, row, make_object=make, make_sequence=_as_sequence)
    composite.register(found.oid, found.field_types or (), row, adapters)


# psycopg keeps what it makes of these for ever, so they must be the same each time.
@lru_cache(maxsize=1024)
def _composite(
    found: PgType, wanted: Callable[..., Any] | None
) -> tuple[CompositeInfo, Callable[..., Any], Callable[[Sequence[Any], CompositeInfo], Any]]:
    names = found.field_names or ()
    row = wanted or named_tuple(found.name, names)
    info = CompositeInfo(
        found.name, found.oid, found.array, field_names=names, field_types=found.field_types or ()
    )
    return info, row, lambda values, _info: row(*values)


def _as_sequence(value: Any, _info: CompositeInfo) -> Sequence[Any]:
    return accepts.as_tuple(value)


def add_domain(found: PgType, adapters: AdaptersMap, *, is_json: bool) -> None:
    """A domain, as its base type."""
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
        take_lists_for_json(adapters, found.array)


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


def add_text(found: PgType, adapters: AdaptersMap) -> None:
    """An enum is its label; a type without a class of its own is PostgreSQL's text of it."""
    adapters.register_loader(found.oid, TextLoader)
    adapters.register_loader(found.oid, TextBinaryLoader)
    adapters.register_dumper(None, _for_oid(StrDumper, found.oid))
    adapters.register_dumper(None, _for_oid(StrBinaryDumper, found.oid))
    _register_array_of(found, adapters)


def _register_array_of(found: PgType, adapters: AdaptersMap) -> None:
    if found.array:
        info = TypeInfo(found.name, found.oid, found.array, delimiter=found.delimiter)
        info.register(adapters)


def _for_oid(dumper: type[Dumper], oid: int, **attributes: int) -> type[Dumper]:
    return type(dumper.__name__, (dumper,), {"oid": oid, **attributes})
