"""Keeping client and server on one core, where the system lets us.

A call is a ping-pong between client and server: on two cores it is timed by how fast one wakes
the other, which differs by a factor of three from run to run.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

LOOK = 0.1


@contextmanager
def pinned(*, wanted: bool, server: int | None) -> Generator[bool]:
    """Keep this process, and what it and the server start, on one core; says whether it is so.

    ``server`` is the number of the server's first process: sessions inherit its cores, so they are
    to be opened inside the block.
    """
    if not wanted or server is None or not hasattr(os, "sched_setaffinity"):
        yield False
        return
    processes = (0, server)
    before = {process: os.sched_getaffinity(process) for process in processes}
    core = {_idlest(before[0])}
    try:
        for process in processes:
            os.sched_setaffinity(process, core)
        yield True
    except PermissionError:
        yield False
    finally:
        for process, cores in before.items():
            with suppress(OSError):
                os.sched_setaffinity(process, cores)


def _idlest(cores: set[int]) -> int:
    """The core that was idle the longest while we looked, where Linux tells it."""
    before = _idle_ticks()
    sleep(LOOK)
    after = _idle_ticks()
    return max(sorted(cores), key=lambda core: after.get(core, 0) - before.get(core, 0))


def _idle_ticks() -> dict[int, int]:
    """How long each core has been idle: /proc/stat, proc_stat(5)."""
    try:
        lines = Path("/proc/stat").read_text().splitlines()
    except OSError:
        return {}
    fields = [line.split() for line in lines if line.startswith("cpu") and line[3].isdigit()]
    return {int(field[0][3:]): int(field[4]) for field in fields}
