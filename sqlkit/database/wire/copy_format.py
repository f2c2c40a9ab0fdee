"""What COPY's formats begin and end with. PostgreSQL manual, COPY, "File Formats"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import pq

from sqlkit.database.driver import failure

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
"""What the binary format begins with: its name, flags, and the length of an extension."""

TRAILER = b"\xff\xff"
"""What it ends with: a row of -1 fields."""


def format_name(format_: pq.Format) -> str:
    """As the option FORMAT has it."""
    return "binary" if format_ == pq.Format.BINARY else "text"


def expect(results: list[PGresult], status: pq.ExecStatus) -> PGresult:
    """The answer to COPY, which must have begun. Raises the server's error otherwise."""
    result = results[-1] if results else None
    if result is None or result.status != status:
        if result is not None and result.status == pq.ExecStatus.FATAL_ERROR:
            raise failure(result)
        raise psycopg.OperationalError("the server did not begin to copy")
    return result
