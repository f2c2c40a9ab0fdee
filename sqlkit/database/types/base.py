"""The adapters that all types of all databases start from: psycopg's own, but for a few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import pq
from psycopg.adapt import AdaptersMap
from psycopg.adapt import Dumper as BaseDumper
from psycopg.types.json import set_json_dumps

from sqlkit.database.types import json, text_array
from sqlkit.database.types.interval import IntervalLoader

if TYPE_CHECKING:
    from psycopg.abc import Buffer

JSON = ("json", "jsonb")


class BytesDumper(BaseDumper):
    """Sends bytes as hexadecimal text, where another parameter makes all of them go as text.

    psycopg's own asks libpq to escape them; without a connection that is for a literal: its quotes
    are doubled. PostgreSQL manual, 8.4.1 "bytea Hex Format".
    """

    oid = psycopg.adapters.types["bytea"].oid

    def dump(self, obj: Buffer) -> Buffer:
        """The text."""
        return b"\\x" + bytes(obj).hex().encode()


def _base_adapters() -> AdaptersMap:
    adapters = AdaptersMap(psycopg.adapters)
    adapters.register_dumper(None, BytesDumper)
    for name in JSON:
        adapters.register_loader(name, json.JsonLoader)
    adapters.register_loader("json", json.JsonBinaryLoader)
    adapters.register_loader("jsonb", json.JsonbBinaryLoader)
    set_json_dumps(json.encode, adapters)
    adapters.register_loader("interval", IntervalLoader)
    for name in JSON:
        take_lists_for_json(adapters, adapters.types[name].array_oid)
    text_array.register(adapters)
    return adapters


def take_lists_for_json(adapters: AdaptersMap, array: int) -> None:
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
