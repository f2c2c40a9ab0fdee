"""A server that stays between two commands, in a project's cache folder.

``folder/postgres`` holds its data folder and its log. Where root's folder is closed to the ordinary
user that the server runs as, they lie in a shared cache instead, named by the folder's path.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlkit.errors import NoServer
from sqlkit.testing.binaries import Binaries, Unusable, probe
from sqlkit.testing.databases import Server
from sqlkit.testing.ordinary_user import ordinary_user, reachable, shared_cache
from sqlkit.testing.own import Started, keep_server
from sqlkit.testing.server import find_binaries
from sqlkit.testing.watch import STOP_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Generator


def start(folder: Path) -> Server:
    """Start the server of this cache folder, made if need be; if it runs, that one is returned.

    It has the port it had before, unless somebody else has that now. Raises `NoServer`.
    """
    home = _home(folder)
    home.mkdir(parents=True, exist_ok=True)
    with _locked(home):
        running = _running(home)
        if running is None:
            binaries = _binaries(home)
            (home / "data" / "postmaster.pid").unlink(missing_ok=True)  # its process is gone
            try:
                running = keep_server(binaries, home, {}, _free(_last_port(home)))
            except Unusable as reason:
                raise NoServer(f"the server in {home} does not start: {reason}") from None
            (home / "bindir").write_text(str(binaries.bindir), encoding="utf-8")
            (home / "port").write_text(str(running.port), encoding="utf-8")
        return _server(running)


def status(folder: Path) -> Server | None:
    """The server of this cache folder, if it is running."""
    running = _running(_home(folder))
    return None if running is None else _server(running)


def stop(folder: Path) -> bool:
    """Stop the server of this cache folder; its databases stay. Gives whether it was running."""
    home = _home(folder)
    if not home.is_dir():
        return False
    with _locked(home):
        running = _running(home)
        if running is None:
            return False
        os.kill(running.pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_TIMEOUT
        while not _has_ended(running.pid, home):
            time.sleep(0.02)
            if time.monotonic() > deadline:
                os.kill(running.pid, signal.SIGQUIT)
        return True


def remove(folder: Path) -> None:
    """Stop the server of this cache folder and remove all its databases."""
    stop(folder)
    shutil.rmtree(_home(folder), ignore_errors=True)


def _home(folder: Path) -> Path:
    folder, user = folder.resolve(), ordinary_user()
    nearest = next(part for part in (folder, *folder.parents) if part.is_dir())
    if user is None or reachable(nearest, user):
        return folder / "postgres"
    key = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return shared_cache(user) / f"kept-{key}"


def _server(running: Started) -> Server:
    folder = Path(running.folder)
    version = (folder / "data" / "PG_VERSION").read_text().strip()
    return Server(running.url, version, way="kept", folder=folder, pid=running.pid)


def _running(home: Path) -> Started | None:
    try:
        lines = (home / "data" / "postmaster.pid").read_text().splitlines()
        pid, port = int(lines[0]), int(lines[3])
    except (OSError, ValueError, IndexError):
        return None
    return Started(port, pid, str(home)) if _is_postgres(pid, home) else None


def _is_postgres(pid: int, home: Path) -> bool:
    """Whether this process is the server of that data folder, and not one that got its number."""
    arguments = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self").exists():
        try:
            return os.fsencode(home / "data") in arguments.read_bytes().split(b"\0")
        except OSError:
            return False
    answer = subprocess.run(  # noqa: S603 - a number and fixed words
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(home / "data") in answer.stdout


def _has_ended(pid: int, home: Path) -> bool:
    """Whether the server has ended, its port with it; a zombie has."""
    if not Path("/proc/self").exists():
        return not _is_postgres(pid, home)
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"


def _binaries(home: Path) -> Binaries:
    """What the data folder was made by, else others of its version; for a new one, the best."""
    try:
        major = int((home / "data" / "PG_VERSION").read_text())
    except (OSError, ValueError):
        return find_binaries()
    user = ordinary_user()
    with suppress(OSError, Unusable):
        bindir = Path((home / "bindir").read_text(encoding="utf-8"))
        return probe(bindir, user.uid if user else None, major=major)
    try:
        return find_binaries(major)
    except NoServer as error:
        error.add_note(f"The databases in {home} need PostgreSQL {major}: sqlkit db reset")
        raise


def _last_port(home: Path) -> int | None:
    try:
        return int((home / "port").read_text())
    except (OSError, ValueError):
        return None


def _free(port: int | None) -> int | None:
    """The port, if nobody listens there."""
    import socket

    if port is not None:
        with socket.socket() as probe_socket:
            probe_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe_socket.bind(("127.0.0.1", port))
                return port
    return None


@contextmanager
def _locked(home: Path) -> Generator[None]:
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
