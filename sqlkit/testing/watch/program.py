"""The program that runs a server while it is wanted, or leaves one running."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from .cluster import Cluster, Failure
from .data_folder import initialize
from .running import start, stop

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARENT = os.getppid()


class _Abandoned(Exception):
    """Nobody holds the other end of standard input any more."""


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
