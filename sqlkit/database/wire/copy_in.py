"""Rows streamed in by COPY."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import pq

from sqlkit.database.driver import Encoder, copy_end, copy_to, execute
from sqlkit.database.types.columns import all_fit, with_lists
from sqlkit.database.wire.bound import reason
from sqlkit.database.wire.copy_format import SIGNATURE, TRAILER, expect, format_name
from sqlkit.database.wire.prepare import describe
from sqlkit.database.wire.told import for_long
from sqlkit.errors import WrongArgument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.abc import PQGen

    from sqlkit.database.types import Types
    from sqlkit.database.wire.bound import Bound
    from sqlkit.database.wire.connection import AnyConnection
    from sqlkit.statement import Statement

AT_ONCE = 200
"""Rows that are best written at once."""

_BUFFER = 64 * 1024


def begin_copy_in(conn: AnyConnection, statement: Statement[Any]) -> PQGen[CopyIn]:
    """Start to copy rows into a table."""
    variant = statement.variant()
    conn.sent = False
    conn.wrote = True
    bound = yield from describe(conn, variant)
    copy = CopyIn(bound, conn.types)
    text = f"{variant.sql}\n(FORMAT {format_name(bound.decoder.format)})"
    conn.pgconn.send_query(for_long(conn) + text.encode())
    expect((yield from execute(conn.pgconn)), pq.ExecStatus.COPY_IN)
    return copy


class CopyIn:
    """Rows on their way into a table, as bytes that wait to be sent."""

    def __init__(self, bound: Bound, types: Types) -> None:
        decoder = bound.decoder
        self._query = bound.query
        self._columns = bound.columns
        self._accepts = [types.accepts(oid) for oid in decoder.oids]
        adapters = types.adapters(decoder.oids, bound.query.composites)
        self._encoder = Encoder(adapters, decoder.oids, decoder.format)
        self._is_binary = decoder.format == pq.Format.BINARY
        self._buffer = bytearray(SIGNATURE if self._is_binary else b"")
        self._before = 0

    def write(self, rows: Sequence[Sequence[Any]]) -> bytes | None:
        """Take in rows; gives bytes when enough have come together. Raises `WrongArgument`."""
        if not all_fit(rows, self._accepts):
            for number, row in enumerate(rows, self._before + 1):
                self._check(number, row)
        rows = with_lists(rows, self._accepts)
        try:
            self._encoder.write_rows(rows, self._buffer)
        except Exception:
            raise self._refused(rows) from None
        self._before += len(rows)
        return self._flush() if len(self._buffer) >= _BUFFER else None

    def finish(self) -> bytes:
        """The bytes that are left."""
        if self._is_binary:
            self._buffer += TRAILER
        return self._flush()

    def _flush(self) -> bytes:
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    def _check(self, number: int, row: Sequence[Any]) -> None:
        if not isinstance(row, (tuple, list)):
            raise self._wrong(number, f"must be a tuple, not {type(row).__name__}")
        if len(row) != len(self._accepts):
            raise self._wrong(number, f"must have {len(self._accepts)} values, not {len(row)}")
        for value, accepts, column in zip(row, self._accepts, self._columns, strict=True):
            if type(value) is accepts.exact or value is None or accepts.fits(value):
                continue
            raise self._wrong(number, f"{column} {accepts.refusal(value)}")

    def _refused(self, rows: Sequence[Sequence[Any]]) -> WrongArgument:
        for number, row in enumerate(rows, self._before + 1):
            for i, value in enumerate(row):
                if (error := self._encoder.failure(i, value)) is not None:
                    what = f"{self._columns[i]} can't be sent as {self._accepts[i].words}"
                    return self._wrong(number, f"{what}: {reason(error)}")
        return self._wrong(self._before + 1, "or one soon after it can't be sent")

    def _wrong(self, number: int, what: str) -> WrongArgument:
        return WrongArgument(f"{self._query.name}: row {number}: {what}")


def send_copy(conn: AnyConnection, data: bytes) -> PQGen[None]:
    """Send bytes of a copy in."""
    yield from copy_to(conn.pgconn, data)


def end_copy_in(conn: AnyConnection, error: str | None = None) -> PQGen[int]:
    """End a copy in, or call it off with a reason; gives the number of rows stored."""
    conn.sent = error is None  # until its end, a copy that is lost stores nothing
    result = yield from copy_end(conn.pgconn, error.encode() if error else None)
    return result.command_tuples or 0
