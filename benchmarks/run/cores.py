"""Keeping client and server on one core, where the system lets us.

A call is a ping-pong between client and server: on two cores it is timed by how fast one wakes
the other, which differs by a factor of three from run to run.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


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
    core = {min(before[0])}
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
