"""Rows in the formats of COPY. PostgreSQL manual, COPY, "File Formats"."""

from __future__ import annotations

import re
from struct import Struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.abc import Buffer

    from sqlkit.database.public.transformer import Transformer

_count, _length = Struct("!h"), Struct("!i")

_ESCAPES = {
    b"\b": rb"\b",
    b"\t": rb"\t",
    b"\n": rb"\n",
    b"\v": rb"\v",
    b"\f": rb"\f",
    b"\r": rb"\r",
    b"\\": rb"\\",
}
_MEANT = {written: meant for meant, written in _ESCAPES.items()}
_SPECIAL = re.compile(rb"[\b\t\n\v\f\r\\]")
_ESCAPED = re.compile(rb"\\[btnvfr\\]")


def format_row_binary(row: Sequence[Any], tx: Transformer, out: bytearray) -> None:
    """Append a row in binary."""
    out += _count.pack(len(row))
    for data in tx.dump_sequence(row):
        if data is None:
            out += _length.pack(-1)
        else:
            out += _length.pack(len(data))
            out += data


def format_row_text(row: Sequence[Any], tx: Transformer, out: bytearray) -> None:
    """Append a row as text."""
    fields = (rb"\N" if data is None else _escaped(data) for data in tx.dump_sequence(row))
    out += b"\t".join(fields) + b"\n"


def parse_row_binary(data: Buffer, tx: Transformer) -> tuple[Any, ...]:
    """The values of a row in binary."""
    data = memoryview(data)
    (count,) = _count.unpack_from(data)
    fields: list[Buffer | None] = []
    at = _count.size
    for _ in range(count):
        (length,) = _length.unpack_from(data, at)
        at += _length.size
        fields.append(bytes(data[at : at + length]) if length >= 0 else None)
        at += max(length, 0)
    return tx.load_sequence(fields)


def parse_row_text(data: Buffer, tx: Transformer) -> tuple[Any, ...]:
    """The values of a row as text."""
    fields = bytes(data).removesuffix(b"\n").split(b"\t")
    return tx.load_sequence([None if field == rb"\N" else _plain(field) for field in fields])


def _escaped(data: Buffer) -> bytes:
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], bytes(data))


def _plain(field: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: _MEANT[found[0]], field)
