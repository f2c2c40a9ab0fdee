"""Columns of JSON that are read as the type which ``@type`` names, at once.

psycopg finds a loader by the oid of a column's type, and columns of one oid may be of several types
here. So each of them has a number of its own in place of the oid, larger than all oids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, cast

import msgspec
from psycopg import pq
from psycopg.adapt import AdaptersMap, Loader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from psycopg.abc import AdaptContext, Buffer

_FIRST = 2**32


class TypedAdapters(AdaptersMap):
    """Adapters that read columns of JSON, by their place in the row, as certain types."""

    def __init__(self, template: AdaptersMap, wanted: Mapping[int, Any]) -> None:
        super().__init__(template)
        self.wanted = {stand_in(column): type_ for column, type_ in wanted.items()}
        for place in self.wanted:
            self.register_loader(place, TypedLoader)
            self.register_loader(place, TypedBinaryLoader)


def stand_in(column: int) -> int:
    """What stands for the oid of a column's type."""
    return _FIRST + column


class TypedLoader(Loader):
    """Reads JSON text as the type that its number stands for; JSON's null is None."""

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        adapters = cast("AdaptContext", context).adapters
        wanted: Any = Optional[cast("TypedAdapters", adapters).wanted[oid]]  # noqa: UP045 # `|` isn't for all types
        self.decode: Callable[[Buffer], Any] = msgspec.json.Decoder(wanted).decode
        if self.format == pq.Format.TEXT:
            self.load = self.decode  # type: ignore[method-assign, assignment] # C calls C

    def load(self, data: Buffer) -> Any:
        """The value. Raises `msgspec.ValidationError`."""
        return self.decode(data)


class TypedBinaryLoader(TypedLoader):
    """`TypedLoader` of jsonb in binary, which is text after a byte that tells the version."""

    format = pq.Format.BINARY

    def load(self, data: Buffer) -> Any:
        """The value. Raises `msgspec.ValidationError`."""
        return self.decode(memoryview(data)[1:])
