"""A real PgBouncer in transaction mode, and databases that are reached through it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sqlkit import sql
from sqlkit.testing.ordinary_user import ordinary_user, temporary_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator

    from sqlkit import AsyncDatabase
    from sqlkit.testing.server import Server

# Few connections, so that clients really take turns on each of them.
SETTINGS = """\
[databases]
* = {target}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
max_client_conn = 500
logfile = {folder}/pgbouncer.log
"""
# Ends with its standard input, so also when the tests are killed.
WATCH = '"$@" & pid=$!; read -r _; kill "$pid"; wait "$pid"'
START = 10.0
EMPTY = sql("drop schema public cascade; create schema public", kind="script")


def program() -> str | None:
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def bouncing(server: Server, found: str) -> Generator[int]:
    """Runs PgBouncer before a server; gives its port."""
    user = ordinary_user()
    with TemporaryDirectory(dir=temporary_folder(user)) as name:
        folder = Path(name)
        port = free_port()
        target = conninfo_to_dict(server.url)
        target.pop("dbname", None)
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            SETTINGS.format(
                target=" ".join(f"{key}={value}" for key, value in target.items()),
                port=port,
                folder=folder,
            )
        )
        identity: dict[str, Any] = {}
        if user is not None:
            identity = {"user": user.uid, "group": user.gid, "extra_groups": []}
            os.chown(folder, user.uid, user.gid)
            os.chown(settings, user.uid, user.gid)
        command = ["sh", "-c", WATCH, "sh", found, "-q", str(settings)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, cwd="/", **identity) as process:
            wait_for(port, folder / "pgbouncer.log")
            yield port
            cast("Any", process.stdin).close()
            process.wait(10)


def wait_for(port: int, log: Path) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"PgBouncer did not start: {log.read_text() if log.exists() else ''}")


@pytest.fixture(scope="session")
def pgbouncer(server: Server) -> Iterator[int]:
    """The port of a PgBouncer in transaction mode, with two connections to each database."""
    found = program()
    if found is None:
        pytest.skip("PgBouncer is not installed (apt-get install pgbouncer)")
    with bouncing(server, found) as port:
        yield port


@pytest.fixture
def direct_url(database_url: str) -> str:
    """A database of the test's own, without PgBouncer."""
    return database_url


@pytest.fixture
def pooled_url(direct_url: str, pgbouncer: int) -> str:
    """The same, through PgBouncer."""
    return through(pgbouncer, direct_url)


def through(port: int, url: str) -> str:
    return make_conninfo(url, host="127.0.0.1", port=port)


@pytest.fixture
def make_both(make_both: Callable[..., AsyncDatabase]) -> Callable[..., AsyncDatabase]:
    """Makes a database of each kind that knows of PgBouncer."""

    def make(conninfo: str, **options: Any) -> AsyncDatabase:
        return make_both(conninfo, **{"pooler": "transaction", **options})

    return make


@pytest.fixture
async def both(
    make_both: Callable[..., AsyncDatabase], module_url: str, pgbouncer: int
) -> AsyncIterator[AsyncDatabase]:
    """A database, empty at the beginning; no schema of its own, since the search path is a startup
    option that PgBouncer refuses.
    """
    async with make_both(through(pgbouncer, module_url)) as database:
        await database.run(EMPTY)
        yield database
