"""Setting up a session, and bringing it back to that."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlkit.database import limit
from sqlkit.database.driver import check, execute
from sqlkit.database.profile import unreadable_styles
from sqlkit.database.wire.command import command
from sqlkit.database.wire.connection import is_idle

if TYPE_CHECKING:
    from psycopg.abc import PQGen

    from sqlkit.database.wire.connection import AnyConnection


def settle(conn: AnyConnection) -> PQGen[None]:
    """Set up a new connection's session, and learn what limits its statements."""
    status = conn.pgconn.parameter_status
    styles = unreadable_styles(status(b"DateStyle"), status(b"IntervalStyle"))
    conn.profile = profile = replace(conn.profile, styles=styles)
    conn.pgconn.send_query(profile.at_connect())
    told = check((yield from execute(conn.pgconn)))
    conn.rounds = profile.pooled  # there others may have set the session's digits
    conn.in_force = float(told.get_value(0, 0) or 0) or math.inf
    if profile.pooled and int(told.get_value(0, 1) or 0) < 1:
        conn.profile = replace(profile, styles={**styles, "extra_float_digits": "1"})
    conn.enough = math.inf if profile.pooled else limit.enough(conn.in_force)


def reset(conn: AnyConnection) -> PQGen[None]:
    """Bring a session back to what it was when it was opened. PostgreSQL manual: DISCARD."""
    if not is_idle(conn):
        yield from command(conn, b"ROLLBACK")
    conn.bindings.clear()
    conn.prepared.clear()
    conn.altered = False
    yield from command(conn, b"DISCARD ALL")
    yield from settle(conn)
