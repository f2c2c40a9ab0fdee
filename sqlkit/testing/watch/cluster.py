"""A cluster as PostgreSQL means it, a folder with data and a log, and how its programs are run."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
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


class Failure(Exception):
    """The server could not be made or started; the message holds the end of its log."""


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


def spawn(command: Sequence[str], cluster: Cluster) -> subprocess.Popen[bytes]:
    """Start a program as the user of the cluster; what it says goes to a new log."""
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
