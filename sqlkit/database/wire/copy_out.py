"""Rows streamed out by COPY."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import pq

from sqlkit.database.driver import copy_data, execute
from sqlkit.database.wire.connection import is_busy
from sqlkit.database.wire.copy_format import SIGNATURE, TRAILER, expect, format_name
from sqlkit.database.wire.cursor import AT_ONCE
from sqlkit.database.wire.prepare import describe
from sqlkit.database.wire.told import for_long

if TYPE_CHECKING:
    from psycopg.abc import PQGen

    from sqlkit.database.wire.bound import Bound
    from sqlkit.database.wire.connection import AnyConnection
    from sqlkit.statement import Statement


def begin_copy_out(conn: AnyConnection, statement: Statement[Any]) -> PQGen[Bound]:
    """Start to copy a select's rows out."""
    variant = statement.variant()
    bound = yield from describe(conn, variant)
    text = f"COPY (\n{variant.sql}\n) TO STDOUT (FORMAT {format_name(bound.decoder.format)})"
    conn.pgconn.send_query(for_long(conn) + text.encode())
    bound.decoder.begin_copy(expect((yield from execute(conn.pgconn)), pq.ExecStatus.COPY_OUT))
    return bound


def copy_rows(conn: AnyConnection, bound: Bound, before: int) -> PQGen[list[Any]]:
    """The next rows of a copy; none when it is done."""
    found: list[memoryview] = []
    is_binary = bound.decoder.format == pq.Format.BINARY
    while len(found) < AT_ONCE and is_busy(conn):
        data = yield from copy_data(conn.pgconn)
        if data is None:
            break
        if is_binary and before + len(found) == 0:
            data = data[len(SIGNATURE) :]
        if is_binary and len(data) == len(TRAILER):
            continue
        found.append(data)
    return bound.copied(found, before)
