"""Columns of JSON that are read as the type which ``@type`` names, at once.

psycopg finds a loader by the oid of a column's type, and columns of one oid may be of several types
here. So each of them has a number of its own in place of the oid, larger than all oids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Optional, cast

import msgspec
from psycopg import pq
from psycopg.adapt import AdaptersMap, Loader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from psycopg.abc import AdaptContext, Buffer

_FIRST = 2**32


class Typed(NamedTuple):
    """The type that a column is read as; ``jsonb``, which in binary isn't just its text."""

    type: Any
    jsonb: bool


def is_for_json(type_: Any) -> bool:
    """Whether msgspec can read JSON as a type; where not, it says so of each value."""
    try:
        msgspec.json.Decoder(_or_null(type_))
    except TypeError:
        return False
    return True


class TypedAdapters(AdaptersMap):
    """Adapters that read columns of JSON, by their place in the row, as certain types."""

    def __init__(self, template: AdaptersMap, wanted: Mapping[int, Typed]) -> None:
        super().__init__(template)
        self.wanted = {stand_in(column): typed.type for column, typed in wanted.items()}
        for column, typed in wanted.items():
            self.register_loader(stand_in(column), TypedLoader)
            binary = TypedJsonbBinaryLoader if typed.jsonb else TypedBinaryLoader
            self.register_loader(stand_in(column), binary)


def stand_in(column: int) -> int:
    """What stands for the oid of a column's type."""
    return _FIRST + column


def _or_null(type_: Any) -> Any:
    return Optional[type_]  # noqa: UP045 # `|` isn't for all types


class TypedLoader(Loader):
    """Reads JSON text as the type that its number stands for; JSON's null is None."""

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        adapters = cast("TypedAdapters", cast("AdaptContext", context).adapters)
        self.decode: Callable[[Buffer], Any]
        self.decode = msgspec.json.Decoder(_or_null(adapters.wanted[oid])).decode
        if type(self).load is TypedLoader.load:
            # psycopg's C code then calls msgspec's, with nothing of Python's in between.
            self.load = self.decode  # type: ignore[method-assign, assignment]

    def load(self, data: Buffer) -> Any:
        """The value. Raises `msgspec.ValidationError`."""
        return self.decode(data)


class TypedBinaryLoader(TypedLoader):
    """`TypedLoader` of json in binary, which is its text."""

    format = pq.Format.BINARY


class TypedJsonbBinaryLoader(TypedBinaryLoader):
    """`TypedLoader` of jsonb in binary: its text, after a byte that tells the version."""

    def load(self, data: Buffer) -> Any:
        """The value. Raises `msgspec.ValidationError`."""
        return self.decode(memoryview(data)[1:])
