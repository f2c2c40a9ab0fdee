"""Servers started from binaries: one that ends with this process, or one that stays."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from sqlkit.testing import watch
from sqlkit.testing.binaries import Binaries, Unusable
from sqlkit.testing.databases import Server
from sqlkit.testing.ordinary_user import ordinary_user, temporary_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER = str(Path(__file__).parent)
_PROGRAM = f"import sys; sys.path.append({_FOLDER!r}); from watch.program import main; main()"


class Started(NamedTuple):
    """What the watcher says once the server is ready."""

    port: int
    pid: int
    folder: str

    @property
    def url(self) -> str:
        """The URL of the maintenance database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"


def open_server(binaries: Binaries, way: str, settings: Mapping[str, str]) -> Server:
    """Start a server with these settings; raises `Unusable` with the end of its log."""
    base = temporary_folder(ordinary_user())
    watcher = _watcher(binaries, base, settings, keep=False)
    try:
        started = _answer(watcher)
    except BaseException:
        _close(watcher)
        raise
    return Server(
        started.url,
        binaries.version,
        way=way,
        folder=Path(started.folder),
        pid=started.pid,
        close=lambda: _close(watcher),
    )


def keep_server(
    binaries: Binaries, folder: Path, settings: Mapping[str, str], port: int | None
) -> Started:
    """Start a server on a folder that stays, on this port if it is free, and leave it running."""
    watcher = _watcher(binaries, folder, settings, keep=True, port=port)
    try:
        return _answer(watcher)
    finally:
        _close(watcher)


def _watcher(
    binaries: Binaries,
    folder: Path,
    settings: Mapping[str, str],
    *,
    keep: bool,
    port: int | None = None,
) -> subprocess.Popen[str]:
    user = ordinary_user()
    job = {
        "bindir": str(binaries.bindir),
        "folder": str(folder),
        "settings": dict(settings),
        "user": user.uid if user else None,
        "group": user.gid if user else None,
        "keep": keep,
        "port": port,
    }
    return subprocess.Popen(  # noqa: S603 - this Python and a program of ours
        [sys.executable, "-I", "-S", "-c", _PROGRAM, json.dumps(job)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        start_new_session=True,  # Ctrl-C goes to a terminal's whole group: the watcher outlives it
    )


def _answer(watcher: subprocess.Popen[str]) -> Started:
    stdout = cast("IO[str]", watcher.stdout)
    line = stdout.readline()
    try:
        answer = json.loads(line)
    except ValueError:
        raise Unusable(line + stdout.read()) from None
    if "error" in answer:
        raise Unusable(str(answer["error"]))
    return Started(**answer)


def _close(watcher: subprocess.Popen[str]) -> None:
    for pipe in (watcher.stdin, watcher.stdout):
        if pipe is not None:
            pipe.close()
    watcher.wait(2 * watch.STOP_TIMEOUT)
