"""One more connection to a database, whoever wants it."""

from __future__ import annotations

from traceback import clear_frames
from typing import TYPE_CHECKING

from sqlkit.database import wire

if TYPE_CHECKING:
    from sqlkit.database.settings import Settings


def connect(settings: Settings) -> wire.PgConnection:
    """Connect. Raises psycopg.Error, and what a function that gives the conninfo raises."""
    target = settings.address.find()
    arguments = settings.connection_arguments()
    try:
        return wire.PgConnection.connect(target.conninfo, **arguments)
    except BaseException as error:
        _close_what_was_begun(error)
        raise


async def connect_async(settings: Settings) -> wire.AsyncPgConnection:
    """`connect`, awaited."""
    target = await settings.address.find_async()
    arguments = settings.connection_arguments()
    try:
        return await wire.AsyncPgConnection.connect(target.conninfo, **arguments)
    except BaseException as error:
        _close_what_was_begun(error)
        raise


def _close_what_was_begun(error: BaseException) -> None:
    """Close the connection that psycopg's frames still hold, and with them whoever has the error.

    A server that is told to shut down would wait for it, and answer nobody meanwhile, until its
    ``authentication_timeout``, a minute, is over.
    """
    for one in (error, error.__cause__):  # a cause is what asyncio says of a socket
        if one is not None:
            clear_frames(one.__traceback__)
