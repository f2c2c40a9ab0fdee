"""What a session is told before migrations run in it, and how it is made clean after each."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Mapping

# So that a query whose process was killed ends, instead of going on with its locks (PostgreSQL
# manual, 20.3.2): the server looks every half second whether its client is there, and half a minute
# after a machine is gone without a word.
_ORPHANS = {
    "client_connection_check_interval": "500ms",
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}

# All of DISCARD ALL but the advisory locks, which it would give back.
_CLEAN = """
set session authorization default; reset role; reset all; discard temp; discard sequences;
close all; unlisten *; deallocate all
"""


def prepare(connection: psycopg.Connection[Any]) -> None:
    """Tell a session to end with its client; a server's platform may not be able to."""
    try:
        put(connection, _ORPHANS)
    except psycopg.errors.InvalidParameterValue:
        for name, value in _ORPHANS.items():
            with suppress(psycopg.errors.InvalidParameterValue):
                put(connection, {name: value})


def clean(connection: psycopg.Connection[Any]) -> None:
    """Undo what a migration left in the session: settings, role, temporary tables, listening."""
    connection.execute(_CLEAN)


def own_role(connection: psycopg.Connection[Any]) -> None:
    """Be the role again that connected, whatever role a migration took."""
    connection.execute("set session authorization default; reset role")


def put(
    connection: psycopg.Connection[Any], settings: Mapping[str, str], *, local: bool = False
) -> None:
    """Give settings a value, for the session or for the transaction."""
    calls = ", ".join(["set_config(%s, %s, %s)"] * len(settings))
    values = [part for name, value in settings.items() for part in (name, value, local)]
    connection.execute(f"select {calls}".encode(), values)


def current_schema(connection: psycopg.Connection[Any]) -> str | None:
    """The schema in which a table is made whose schema isn't said."""
    row = connection.execute("select current_schema()").fetchone()
    return row[0] if row else None
