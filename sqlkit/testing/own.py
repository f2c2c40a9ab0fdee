"""A server started from binaries, that lives no longer than this process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from sqlkit.testing import watch
from sqlkit.testing.binaries import Binaries, Unusable
from sqlkit.testing.databases import Server
from sqlkit.testing.ordinary_user import ordinary_user, temporary_folder

if TYPE_CHECKING:
    from collections.abc import Mapping


def open_server(binaries: Binaries, way: str, settings: Mapping[str, str]) -> Server:
    """Start a server with these settings; raises `Unusable` with the end of its log."""
    watcher = _watcher(binaries, settings)
    try:
        answer = _answer(watcher)
    except BaseException:
        _close(watcher)
        raise
    return Server(
        f"postgresql://postgres@127.0.0.1:{answer['port']}/postgres",
        binaries.version,
        way=way,
        folder=Path(str(answer["folder"])),
        pid=int(str(answer["pid"])),
        close=lambda: _close(watcher),
    )


def _watcher(binaries: Binaries, settings: Mapping[str, str]) -> subprocess.Popen[str]:
    user = ordinary_user()
    job = {
        "bindir": str(binaries.bindir),
        "base": str(temporary_folder(user)),
        "settings": dict(settings),
        "user": user.uid if user else None,
        "group": user.gid if user else None,
    }
    return subprocess.Popen(  # noqa: S603 - this Python and a file of ours
        [sys.executable, "-I", "-S", watch.__file__, json.dumps(job)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        start_new_session=True,  # Ctrl-C goes to a terminal's whole group: the watcher outlives it
    )


def _answer(watcher: subprocess.Popen[str]) -> dict[str, object]:
    stdout = cast("IO[str]", watcher.stdout)
    line = stdout.readline()
    try:
        answer: dict[str, object] = json.loads(line)
    except ValueError:
        raise Unusable(line + stdout.read()) from None
    if "error" in answer:
        raise Unusable(str(answer["error"]))
    return answer


def _close(watcher: subprocess.Popen[str]) -> None:
    for pipe in (watcher.stdin, watcher.stdout):
        if pipe is not None:
            pipe.close()
    watcher.wait(2 * watch.STOP_TIMEOUT)
