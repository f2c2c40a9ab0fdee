"""Nothing is left behind, however the process that wanted a server ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 60.0

HOLDER = """
import json, os, signal, sys, time
from sqlkit.testing.server import throwaway
print("starting", flush=True)
with throwaway() as server:
    if "fork" in sys.argv and os.fork() == 0:
        sys.exit()
    if "fork" in sys.argv:
        os.wait()
    if "chain" in sys.argv:
        # Not print: the signal may come in the middle of the one below.
        signal.signal(signal.SIGTERM, lambda *_: os.write(1, b"its own handler" + b"\\n"))
    print(json.dumps({"pid": server.pid, "folder": str(server.folder)}), flush=True)
    while "once" not in sys.argv:
        time.sleep(0.1)
    import psycopg
    psycopg.connect(server.url).close()
"""


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary folders, which an ordinary user can enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def hold(temporary: Path, *words: str) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SQLKIT_")}
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, *words],
        stdout=subprocess.PIPE,
        text=True,
        env={**environment, "TMPDIR": str(temporary)},
        start_new_session=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def until(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def processes_of(temporary: Path) -> list[str]:
    """Every process whose command line names the folder: watcher, initdb, server."""
    found: list[str] = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or ())
        if str(temporary) in line:
            found.append(line)
    return found


def nothing_left(temporary: Path) -> bool:
    return until(lambda: not processes_of(temporary) and not list(temporary.iterdir()))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_after_a_signal(number: signal.Signals, temporary: Path) -> None:
    with hold(temporary) as process:
        said(process)
        server = json.loads(said(process))
        assert psutil.pid_exists(server["pid"])
        assert Path(server["folder"]).parent == temporary
        os.killpg(process.pid, number)  # as a terminal does: to the whole group
        assert process.wait(PATIENCE) != 0
    assert nothing_left(temporary)
    assert not psutil.pid_exists(server["pid"])


def test_nothing_is_left_of_a_start_that_was_cut_off(temporary: Path) -> None:
    with hold(temporary) as process:
        said(process)
        assert until(lambda: bool(list(temporary.iterdir())))
        process.kill()
    assert nothing_left(temporary)


def test_a_forked_child_that_ends_does_not_stop_the_server(temporary: Path) -> None:
    with hold(temporary, "fork", "once") as process:
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, output
    assert nothing_left(temporary)


def test_the_programs_own_signal_handling_stays_as_it_is(temporary: Path) -> None:
    with hold(temporary, "chain") as process:
        said(process)
        server = json.loads(said(process))
        process.send_signal(signal.SIGTERM)
        assert said(process) == "its own handler\n"
        assert psutil.pid_exists(server["pid"])
        process.kill()
    assert nothing_left(temporary)


def test_a_stopped_server_is_stopped_all_the_same(temporary: Path) -> None:
    with hold(temporary) as process:
        said(process)
        server = json.loads(said(process))
        os.kill(server["pid"], signal.SIGSTOP)
        process.kill()
    assert nothing_left(temporary)
