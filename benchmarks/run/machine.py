"""The machine the figures are from."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlkit.testing.server import Server

LIBRARIES = ("asyncpg", "uvloop", "aiosql", "sqlspec", "SQLAlchemy", "pugsql", "msgspec")


def description(server: Server, settings: Mapping[str, str]) -> dict[str, str]:
    """What a reader needs to know beside the figures."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "load before": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown",
        "system": platform.platform(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "postgresql": f"{server.version} ({server.way})",
        "settings": ", ".join(f"{name} = {value}" for name, value in settings.items()),
        "psycopg": f"{psycopg.__version__} ({psycopg.pq.__impl__})",
        "sqlkit": _version("sqlkit-pg") or "unknown",
        "others": ", ".join(f"{name} {found}" for name in LIBRARIES if (found := _version(name))),
    }


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "?")
