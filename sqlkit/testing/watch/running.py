"""A cluster's server: started, waited for until it is ready, and stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

from .cluster import SETTINGS, Failure, spawn

if TYPE_CHECKING:
    from .cluster import Cluster, Pause

START_TIMEOUT = 60.0
STOP_TIMEOUT = 15.0
_LONGEST_SOCKET_FOLDER = 80  # a socket's path has room for 103 bytes on macOS, 107 on Linux


def start(
    cluster: Cluster, pause: Pause, port: int | None = None
) -> tuple[subprocess.Popen[bytes], int]:
    """Run a server on the data folder, wait until it is ready; gives its process and its port.

    ``pause`` is called while waiting, with seconds; what it raises stops the server. A port that
    somebody takes between looking and listening costs another attempt.
    """
    for _ in range(10):
        number, port = port or free_port(), None
        process = spawn(_postgres(cluster, number), cluster)
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
