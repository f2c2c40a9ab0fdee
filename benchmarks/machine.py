"""The machine the figures are from, and keeping client and server on one core of it."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from sqlkit.testing.server import Server


def pin() -> str:
    """Keep this process, and what it starts, on one core; says what came of it.

    A call is a ping-pong between client and server: on two cores it is timed by how fast one wakes
    the other, which differs by a factor of three from run to run.
    """
    if not hasattr(os, "sched_setaffinity"):
        return "not pinned (this system has no sched_setaffinity)"
    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return f"client and server on core {core}"


def description(server: Server) -> dict[str, str]:
    """What a reader needs to know beside the figures."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": server.version,
        "psycopg": f"{psycopg.__version__} ({psycopg.pq.__impl__})",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "?")
