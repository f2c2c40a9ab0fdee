"""One more connection to a database, whoever wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.database import wire

if TYPE_CHECKING:
    from sqlkit.database.settings import Settings


def connect(settings: Settings) -> wire.PgConnection:
    """Connect. Raises psycopg.Error, and what a function that gives the conninfo raises."""
    target = settings.address.find()
    return wire.PgConnection.connect(target.conninfo, **settings.connection_arguments())


async def connect_async(settings: Settings) -> wire.AsyncPgConnection:
    """`connect`, awaited."""
    target = await settings.address.find_async()
    return await wire.AsyncPgConnection.connect(target.conninfo, **settings.connection_arguments())
