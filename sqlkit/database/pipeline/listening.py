"""A lane's connection in the event loop: who is told when something arrives, or can be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from sqlkit.database.wire import pipeline as batches

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from sqlkit.database.wire import AsyncPgConnection


class Listening:
    """Calls ``read`` when something has arrived, from `start` to `stop`.

    ``lost`` is called with the error when what was left to send can't be.
    """

    def __init__(
        self,
        conn: AsyncPgConnection,
        loop: asyncio.AbstractEventLoop,
        read: Callable[[], None],
        lost: Callable[[psycopg.Error], None],
    ) -> None:
        self._conn = conn
        self._loop = loop
        self._read = read
        self._lost = lost
        self._file = conn.fileno()
        self._is_on = False

    def start(self) -> None:
        """Listen; the connection is in a pipeline meanwhile."""
        self._conn.reader.leave()
        batches.enter_pipeline(self._conn)
        self._loop.add_reader(self._file, self._read)
        self._is_on = True

    def stop(self) -> None:
        """Leave the connection to others, or to be closed. Idempotent."""
        if self._is_on:  # else the file may be another's by now
            self._is_on = False
            self._loop.remove_reader(self._file)
            self._loop.remove_writer(self._file)
            batches.leave_pipeline(self._conn)

    def send_rest(self) -> None:
        """Send what is left of a batch as soon as it can be."""
        self._loop.add_writer(self._file, self._write)

    def _write(self) -> None:
        try:
            is_left = batches.flush(self._conn)
        except psycopg.Error as error:
            self._lost(error)
        else:
            if not is_left:
                self._loop.remove_writer(self._file)
