"""Fixtures of sqlkit's own suite: the plugin's, on databases that begin empty."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import psutil
import pytest

from sqlkit import AsyncDatabase, Database
from sqlkit.testing.ordinary_user import FOLDER
from sqlkit.testing.watch import CACHE
from tests.awaited import Awaited

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit.testing.server import Server


# Where a file costs least. Hundreds of databases of 300 files each are made and dropped.
MEMORY = Path("/dev/shm")
PLENTY = 4 << 30


def pytest_configure(config: pytest.Config) -> None:
    """Let the servers' data lie in memory where there is plenty of it, and be made once."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # As a shell has it for what it starts in the background, and so for the tests' programs.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    cache: pytest.Cache | None = getattr(config, "cache", None)  # none with -p no:cacheprovider
    if cache is not None:
        os.environ.setdefault(CACHE, str(cache.mkdir("postgresql")))
    if MEMORY.is_dir():
        room = min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available)
        if room >= PLENTY:
            os.environ.setdefault(FOLDER, str(MEMORY))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """For ``-n auto`` one more than there are processors: many tests wait for something."""
    return 1 + (os.cpu_count() or 1)


@pytest.fixture(scope="session")
def sqlkit_migrations() -> None:
    """None: a test makes the tables that it is about."""


@pytest.fixture(scope="session")
def server(sqlkit_server: Server) -> Server:
    """The throw-away server of the session."""
    return sqlkit_server


@pytest.fixture(params=["sync", "async"])
def make_both(request: pytest.FixtureRequest) -> Callable[..., AsyncDatabase]:
    """Makes a database of each kind, typed as the async one."""

    def make(conninfo: str, **options: Any) -> AsyncDatabase:
        if request.param == "async":
            return AsyncDatabase(conninfo, **options)
        return cast("AsyncDatabase", Awaited(Database(conninfo, **options)))

    return make
