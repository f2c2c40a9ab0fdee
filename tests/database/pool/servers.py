"""Servers that a test stops, starts again, kills and promotes, as an operator would."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from sqlkit.errors import NoServer
from sqlkit.testing import watch
from sqlkit.testing.ordinary_user import ordinary_user, temporary_folder
from sqlkit.testing.server import find_binaries

if TYPE_CHECKING:
    from collections.abc import Generator


class Machine:
    """A server of its own, whose port stays when it is started again."""

    def __init__(self, folder: Path, **settings: str) -> None:
        try:
            self.bindir = find_binaries().bindir
        except NoServer:
            pytest.skip("there are no programs of PostgreSQL to start a server with")
        user = ordinary_user()
        ids = (user.uid, user.gid) if user else (None, None)
        self.cluster = watch.Cluster(self.bindir, folder, settings, *ids)
        self.process: subprocess.Popen[bytes] | None = None
        self.port = watch.free_port()

    def start(self) -> None:
        """Start, and wait until it accepts connections: ``pg_ctl start -w``."""
        self.process, self.port = watch.start(self.cluster, time.sleep, self.port)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGINT is ``pg_ctl stop -m fast``, SIGQUIT ``-m immediate``."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def restart(self) -> None:
        """``pg_ctl restart -m fast``."""
        self.stop()
        self.start()

    def control(self, command: str) -> None:
        """Run ``pg_ctl`` with a command."""
        cluster = self.cluster
        subprocess.run(
            [self.bindir / "pg_ctl", "-D", cluster.data, "-w", command],
            check=True,
            capture_output=True,
            cwd="/",
            user=cluster.user,
            group=cluster.group,
        )

    def copy_to(self, standby: Machine) -> None:
        """Make another server this one's streaming standby: ``pg_basebackup -R``."""
        cluster = standby.cluster
        cluster.data.mkdir(mode=0o700)
        cluster.folder.chmod(0o755)
        if cluster.user is not None:
            shutil.chown(cluster.data, cluster.user, cluster.group)
        address = f"host=127.0.0.1 port={self.port} user=postgres application_name=standby"
        subprocess.run(
            [self.bindir / "pg_basebackup", "-d", address, "-D", cluster.data, "-R", "-c", "fast"],
            check=True,
            capture_output=True,
            cwd="/",
            user=cluster.user,
            group=cluster.group,
        )

    def execute(self, command: str) -> list[tuple[object, ...]]:
        """Run a command on the server itself, over a connection of its own."""
        with psycopg.connect(self.url, autocommit=True) as conn:
            cursor = conn.execute(command.encode())
            return cursor.fetchall() if cursor.description else []

    def signal(self, pid: int, number: signal.Signals) -> None:
        """Send a signal to one of its processes."""
        os.kill(pid, number)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"


# Run as a program of its own: whatever ends the tests closes its standard input, and then the
# servers are stopped and their folders removed.
GUARD = """
import os, shutil, signal, sys, time
from pathlib import Path

def pids():
    for file in Path(sys.argv[1]).glob("*/data/postmaster.pid"):
        try:
            yield int(file.read_text().split()[0])
        except (OSError, IndexError):
            pass

signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.stdin.read()
for pid in pids():
    os.kill(pid, signal.SIGQUIT)
    os.kill(pid, signal.SIGCONT)
for _ in range(100):
    if not list(pids()):
        break
    time.sleep(0.1)
shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


@contextmanager
def machines(number: int = 1, **settings: str) -> Generator[list[Machine]]:
    """Servers that are stopped and removed at the end; none is started yet."""
    base = Path(tempfile.mkdtemp(prefix="sqlkit-", dir=temporary_folder(ordinary_user())))
    base.chmod(0o755)
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", GUARD, base],
        stdin=subprocess.PIPE,
        cwd="/",
        start_new_session=True,
    )
    made: list[Machine] = []
    try:
        for n in range(number):
            folder = base / str(n)
            folder.mkdir()
            made.append(Machine(folder, **settings))
        yield made
    finally:
        for machine in made:
            if machine.process is not None:
                watch.stop(machine.process)
        guard.communicate()


@contextmanager
def machine(**settings: str) -> Generator[Machine]:
    """A running server."""
    with machines(1, **settings) as (one,):
        watch.initialize(one.cluster, time.sleep)
        one.start()
        yield one
