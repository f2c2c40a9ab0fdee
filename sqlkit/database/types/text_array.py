"""Arrays of text in binary, written at once: psycopg writes each element through a dumper."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import pq

if TYPE_CHECKING:
    from psycopg.abc import Buffer
    from psycopg.adapt import AdaptersMap

# Dimensions, whether there are nulls, the elements' type; length and lower bound of the dimension.
# What array_send writes: PostgreSQL's src/backend/utils/adt/arrayfuncs.c.
_head = Struct("!iiIii").pack
_length = Struct("!i").pack
_ONLY_TEXT = {str}


def register(adapters: AdaptersMap) -> None:
    """Write arrays of text and varchar so."""
    for name in ("text", "varchar"):
        info = psycopg.adapters.types[name]
        base: Any = adapters.get_dumper_by_oid(info.array_oid, pq.Format.BINARY)

        def dump(self: Any, values: list[Any], base: Any = base, oid: int = info.oid) -> Buffer:
            if {*map(type, values)} != _ONLY_TEXT:  # empty, with nulls, or of several dimensions
                other: Buffer = base.dump(self, values)
                return other
            data = [_head(1, 0, oid, len(values), 1)]
            for value in values:
                text = value.encode()
                data += (_length(len(text)), text)
            return b"".join(data)

        adapters.register_dumper(None, type(base.__name__, (base,), {"dump": dump}))
