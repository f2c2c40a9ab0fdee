"""Composites in binary: read only as what they are known as.

ALTER TYPE, and ALTER TABLE for a table's row type, change a composite under its oid, and the server
says nothing of it to what is prepared. Each value tells its fields' types, which psycopg's own
loader ignores: it would take a real's bytes for an integer's.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import DataError, pq
from psycopg.adapt import Loader

from sqlkit.database.driver import Decoder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg.abc import AdaptContext, Buffer
    from psycopg.adapt import AdaptersMap

# Of a record, and of each of its fields: PostgreSQL's record_send, in rowtypes.c.
_COUNT = Struct("!i")
_FIELD = Struct("!Ii")


class CompositeBinaryLoader(Loader):
    """Reads a composite whose fields have these types, as oids."""

    format = pq.Format.BINARY
    types: Sequence[int]
    row: Callable[..., Any]

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        adapters = psycopg.adapters if context is None else context.adapters
        self._fields = Decoder(adapters, self.types, self.format)

    def load(self, data: Buffer) -> Any:
        """The row. Raises psycopg.DataError if its fields have other types by now."""
        types: list[int] = []
        values: list[Buffer | None] = []
        at = _COUNT.size
        for _ in range(_COUNT.unpack_from(data)[0]):
            oid, size = _FIELD.unpack_from(data, at)
            at += _FIELD.size
            types.append(oid)
            values.append(None if size < 0 else data[at : at + size])
            at += max(size, 0)
        if types != self.types:
            raise DataError("the fields of its type have changed")
        return type(self).row(*self._fields.values(values))


def register(
    oid: int, types: Sequence[int], row: Callable[..., Any], adapters: AdaptersMap
) -> None:
    """Read a composite so; ``row`` makes what it gives of the fields' values."""
    adapters.register_loader(oid, _loader(tuple(types), row))


@lru_cache(maxsize=1024)
def _loader(types: Sequence[int], row: Callable[..., Any]) -> type[CompositeBinaryLoader]:
    found = {"types": list(types), "row": staticmethod(row)}
    return type("CompositeBinaryLoader", (CompositeBinaryLoader,), found)
