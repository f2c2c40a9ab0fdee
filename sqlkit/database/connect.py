"""One more connection to a database, whoever wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.database import driver

if TYPE_CHECKING:
    from sqlkit.database.settings import Settings


def connect(settings: Settings) -> driver.PgConnection:
    """Connect. Raises psycopg.Error, and what a function that gives the conninfo raises."""
    target = settings.address.find()
    return driver.PgConnection.connect(target.conninfo, **settings.connection_arguments())


async def connect_async(settings: Settings) -> driver.AsyncPgConnection:
    """`connect`, awaited."""
    target = await settings.address.find_async()
    return await driver.AsyncPgConnection.connect(
        target.conninfo, **settings.connection_arguments()
    )
