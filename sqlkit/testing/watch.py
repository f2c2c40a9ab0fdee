"""Runs a PostgreSQL server for as long as somebody holds the other end of its standard input.

This is the one mechanism behind every throw-away server: the process that wants the server starts
this file as a program and keeps the pipe open. Whatever ends that process (a normal exit, Ctrl-C,
SIGTERM, SIGKILL), the system closes the pipe, and the server is stopped and its folder removed.

It is run by path with ``python -I -S``, so it may import the standard library only: that starts it
in some 20 ms, and nothing that a test does to ``sys.path`` reaches it.
"""

from __future__ import annotations

import json
import locale
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    Pause: TypeAlias = Callable[[float], None]

# Durability is worth nothing to data that is thrown away (PostgreSQL manual, 14.5).
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
CACHE = "SQLKIT_TEST_CACHE"
START_TIMEOUT = 60.0
STOP_TIMEOUT = 15.0
_PARENT = os.getppid()
_LONGEST_SOCKET_FOLDER = 80  # a socket's path has room for 103 bytes on macOS, 107 on Linux


class Failure(Exception):
    """The server could not be made or started; the message holds the end of its log."""


class _Abandoned(Exception):
    """Nobody holds the other end of standard input any more."""


class Cluster(NamedTuple):
    """A folder with a data folder in it (``data``) and a log, and how its server is run.

    ``user`` and ``group`` are the ids to run as; None: those of this process. Only the data folder
    belongs to that user: what root writes in, nobody else may.
    """

    bindir: Path
    folder: Path
    settings: Mapping[str, str]
    user: int | None
    group: int | None

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.folder / "data"

    def log_tail(self, lines: int = 15) -> str:
        """The last lines of the log."""
        try:
            text = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            return str(error)
        return "\n".join(text.splitlines()[-lines:])

    def postmaster(self) -> list[str]:
        """The lines of ``postmaster.pid``: pid, data folder, start, port, …, state; [] without."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []


def initialize(cluster: Cluster, pause: Pause) -> None:
    """Make the data folder: UTF-8, C collation, superuser ``postgres``, no password.

    Where `CACHE` names a folder, the first one of each PostgreSQL is kept there and copied from
    then on, which takes a fifth of the time.
    """
    kept = _kept(cluster)
    if kept is None:
        _initdb(cluster, pause)
    elif os.access(kept, os.R_OK):
        _copy(kept, cluster)
    else:
        _initdb(cluster, pause)
        _keep_copy(cluster, kept)


def _kept(cluster: Cluster) -> Path | None:
    """Where a data folder made by these programs is kept to copy it, if it is."""
    folder = os.environ.get(CACHE)
    if not folder:
        return None
    made = (cluster.bindir / "initdb").stat().st_mtime_ns
    return Path(folder, f"{zlib.crc32(os.fsencode(cluster.bindir)):08x}-{made:x}")


def _keep_copy(cluster: Cluster, kept: Path) -> None:
    part = kept.with_name(f"{kept.name}.{os.getpid()}")
    shutil.copytree(cluster.data, part)
    try:
        part.rename(kept)
    except OSError:  # somebody else was first
        shutil.rmtree(part)


def _copy(kept: Path, cluster: Cluster) -> None:
    shutil.copytree(kept, cluster.data, copy_function=shutil.copy)
    if cluster.user is not None:
        cluster.folder.chmod(0o755)
        for parent, _, files in os.walk(cluster.data):
            for path in (Path(parent), *(Path(parent, name) for name in files)):
                os.chown(path, cluster.user, cluster.group or 0)


def _initdb(cluster: Cluster, pause: Pause) -> None:
    cluster.data.mkdir(mode=0o700)
    if cluster.user is not None:
        cluster.folder.chmod(0o755)
        os.chown(cluster.data, cluster.user, cluster.group or 0)
    command = [str(cluster.bindir / "initdb"), "-D", str(cluster.data), "-U", "postgres"]
    options = ["-A", "trust", "-E", "UTF8", "--locale=C", f"--lc-ctype={_ctype()}"]
    process = _spawn([*command, *options, "--no-sync", "--no-instructions"], cluster)
    try:
        while process.poll() is None:
            pause(0.01)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)  # with the postgres that initdb runs
        process.wait()
        raise
    if process.returncode != 0:
        raise Failure(f"initdb failed:\n{cluster.log_tail()}")


def start(
    cluster: Cluster, pause: Pause, port: int | None = None
) -> tuple[subprocess.Popen[bytes], int]:
    """Run a server on the data folder, wait until it is ready; gives its process and its port.

    ``pause`` is called while waiting, with seconds; what it raises stops the server. A port that
    somebody takes between looking and listening costs another attempt.
    """
    for _ in range(10):
        number, port = port or free_port(), None
        process = _spawn(_postgres(cluster, number), cluster)
        try:
            if _ready(process, cluster, pause):
                return process, number
        except BaseException:
            stop(process)
            raise
        if not _port_was_taken(cluster):
            break
    raise Failure(f"postgres did not start:\n{cluster.log_tail()}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a server that this process started, at once (PostgreSQL manual, 19.5: SIGQUIT)."""
    if process.poll() is None:
        process.send_signal(signal.SIGQUIT)
        process.send_signal(signal.SIGCONT)  # a stopped process would never see the other one
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A TCP port on which nobody listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ready(process: subprocess.Popen[bytes], cluster: Cluster, pause: Pause) -> bool:
    deadline = time.monotonic() + START_TIMEOUT
    while process.poll() is None:
        lines = cluster.postmaster()
        # Line 8, the state, is what pg_ctl -w reads too.
        if len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
            return True
        if time.monotonic() > deadline:
            raise Failure(f"not ready in {START_TIMEOUT:g} s:\n{cluster.log_tail()}")
        pause(0.01)
    return False


def _port_was_taken(cluster: Cluster) -> bool:
    tail = cluster.log_tail()
    return "could not create any TCP/IP sockets" in tail or "Address already in use" in tail


def _postgres(cluster: Cluster, port: int) -> list[str]:
    short = len(os.fsencode(cluster.data)) <= _LONGEST_SOCKET_FOLDER
    sockets = {"unix_socket_directories": str(cluster.data) if short else ""}
    command = [str(cluster.bindir / "postgres"), "-D", str(cluster.data), "-p", str(port)]
    for name, value in {**SETTINGS, **sockets, **cluster.settings}.items():
        command += ["-c", f"{name}={value}"]
    return command


def _ctype() -> str:
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    return "C.UTF-8"


def _spawn(command: Sequence[str], cluster: Cluster) -> subprocess.Popen[bytes]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_"))}
    with (cluster.folder / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - the binaries that were found, and our own arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=cluster.folder,
            env={**environment, "LC_ALL": "C"},
            user=cluster.user,
            group=cluster.group,
            extra_groups=None if cluster.user is None else [],
            start_new_session=True,
        )


def _pause_while_held(seconds: float) -> None:
    """Wait; raises `_Abandoned` once standard input is closed or says anything."""
    readable, _, _ = select.select([0], [], [], seconds)
    # A forked child of the holder may keep the pipe open after the holder's death.
    if readable or os.getppid() != _PARENT:
        raise _Abandoned


def _serve(cluster: Cluster) -> None:
    """Run a server of a new folder until nobody wants it."""
    initialize(cluster, _pause_while_held)
    process, port = start(cluster, _pause_while_held)
    try:
        _say({"port": port, "pid": process.pid, "folder": str(cluster.folder)})
        while process.poll() is None:
            _pause_while_held(1.0)
    finally:
        stop(process)


def _throw_away(base: str, cluster: Cluster) -> None:
    folder = Path(tempfile.mkdtemp(prefix="sqlkit-", dir=base))
    try:
        _serve(cluster._replace(folder=folder))
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _remove(folder)


def _keep(cluster: Cluster, port: int | None) -> None:
    """Leave a server running on a folder that stays, made if there is no data folder in it."""
    if not (cluster.data / "postgresql.conf").exists():
        shutil.rmtree(cluster.data, ignore_errors=True)
        initialize(cluster, _pause_while_held)
    process, port = start(cluster, _pause_while_held, port)
    _say({"port": port, "pid": process.pid, "folder": str(cluster.folder)})


def _say(answer: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _remove(folder: Path) -> None:
    for _ in range(5):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)


def _leave(*_: object) -> NoReturn:
    raise _Abandoned


def main() -> None:
    """Run, or leave running, the server that the first argument describes."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    job = json.loads(sys.argv[1])
    folder = Path(job["folder"])
    cluster = Cluster(Path(job["bindir"]), folder, job["settings"], job["user"], job["group"])
    try:
        if job["keep"]:
            _keep(cluster, job["port"])
        else:
            _throw_away(job["folder"], cluster)
    except Failure as failure:
        _say({"error": str(failure)})
    except (_Abandoned, BrokenPipeError):
        pass


if __name__ == "__main__":
    main()
