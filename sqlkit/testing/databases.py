"""A running server, and the databases made on it."""

from __future__ import annotations

import atexit
import os
import secrets
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from sqlkit.testing.urls import url_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path
    from types import TracebackType

    import psycopg

_IN_USE_ATTEMPTS = 5


class Server:
    """A running PostgreSQL server, with a role on it that may create databases.

    ``url`` is its maintenance database, ``version`` such as ``"16.4"``, ``way`` how it was found,
    ``folder`` its folder (with ``data`` in it) and ``pid`` its first process, where it is ours.
    Leaving it as a context manager stops it; a server that was there before stays.
    """

    def __init__(
        self,
        url: str,
        version: str,
        *,
        way: str,
        folder: Path | None = None,
        pid: int | None = None,
        close: Callable[[], None] | None = None,
    ) -> None:
        self.url = url
        self.version = version
        self.way = way
        self.folder = folder
        self.pid = pid
        self._close = close
        self._owner = os.getpid()
        if close is not None:
            atexit.register(self.stop)

    @property
    def major(self) -> int:
        """The major version, such as 16."""
        return int(self.version.partition(".")[0])

    def dsn(self, database: str = "postgres") -> str:
        """The URL of a database on this server."""
        return url_of(self.url, database)

    def stop(self) -> None:
        """Stop the server, if it was started for us, and remove its folder. Twice is once."""
        close, self._close = self._close, None
        if close is not None and os.getpid() == self._owner:  # not in a forked child
            atexit.unregister(self.stop)
            close()

    def create_database(self, name: str | None = None, *, template: str | None = None) -> str:
        """Make a database, empty or a copy of another, and give its URL.

        Without a name it gets one of its own, which nothing else on the server has.
        """
        from psycopg import sql
        from psycopg.errors import ObjectInUse

        name = name or f"sqlkit_{secrets.token_hex(6)}"
        statement = sql.SQL("create database {} template {}").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
        with self._connection() as connection:
            for attempt in range(_IN_USE_ATTEMPTS):
                try:
                    connection.execute(statement)
                    break
                except ObjectInUse:  # a closed connection to the template is still on its way out
                    if attempt + 1 == _IN_USE_ATTEMPTS:
                        raise
                    time.sleep(0.2)
        return self.dsn(name)

    def drop_database(self, name_or_url: str) -> None:
        """Drop a database of this server, if it is there, and whatever is connected to it."""
        from psycopg import sql
        from psycopg.conninfo import conninfo_to_dict
        from psycopg.errors import InsufficientPrivilege, ObjectInUse

        name = name_or_url
        if "://" in name:
            name = str(conninfo_to_dict(name_or_url).get("dbname"))
        drop = sql.SQL("drop database if exists {}").format(sql.Identifier(name))
        forced = drop + sql.SQL(" with (force)")
        with self._connection() as connection:
            try:
                connection.execute(forced)
            except InsufficientPrivilege:
                # Autovacuum is at work there, which only a superuser may force out. Without force
                # the server sends it away itself, and waits for it.
                with suppress(ObjectInUse):
                    connection.execute(drop)
                connection.execute(forced)

    @contextmanager
    def database(self, *, template: str | None = None) -> Generator[str]:
        """A database of its own for a ``with`` block: its URL. Dropped at the end."""
        url = self.create_database(template=template)
        try:
            yield url
        finally:
            self.drop_database(url)

    @contextmanager
    def _connection(self) -> Generator[psycopg.Connection[Any]]:
        import psycopg

        with psycopg.connect(
            self.url, autocommit=True, options="-c client_min_messages=warning"
        ) as connection:
            yield connection

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Server {self.version} {self.way} {self.url}>"
