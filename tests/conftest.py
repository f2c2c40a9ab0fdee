"""Fixtures of sqlkit's own suite: the plugin's, on databases that begin empty."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import psutil
import pytest

from sqlkit import AsyncDatabase, Database
from sqlkit.testing.ordinary_user import FOLDER
from sqlkit.testing.watch import CACHE
from tests.awaited import Awaited

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from sqlkit.testing.server import Server

T = TypeVar("T")

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


@pytest.fixture(scope="module")
def module_url(server: Server) -> Iterator[str]:
    with server.database() as url:
        yield url


@pytest.fixture(params=["asyncio", "uvloop"])
def on_loop(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine to its end, in a new loop of each kind."""
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
    if request.param == "uvloop":
        loops["uvloop"] = pytest.importorskip("uvloop").new_event_loop

    def run(work: Coroutine[Any, Any, T]) -> T:
        with asyncio.Runner(loop_factory=loops[request.param]) as runner:
            return runner.run(work)

    return run


@pytest.fixture(params=["sync", "async"])
def make_both(request: pytest.FixtureRequest) -> Callable[..., AsyncDatabase]:
    """Makes a database of each kind, typed as the async one."""

    def make(conninfo: str, **options: Any) -> AsyncDatabase:
        if request.param == "async":
            return AsyncDatabase(conninfo, **options)
        return cast("AsyncDatabase", Awaited(Database(conninfo, **options)))

    return make


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Print a number that was measured, also when the test is fine."""

    def say(text: str) -> None:
        with capsys.disabled():
            print(f"\n  {text}", end=" ", flush=True)  # noqa: T201 # make chaos and make soak report

    return say
