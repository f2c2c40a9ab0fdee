"""A cluster's data folder, made by initdb or copied from one that was."""

from __future__ import annotations

import locale
import os
import shutil
import signal
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from .cluster import Failure, spawn

if TYPE_CHECKING:
    from .cluster import Cluster, Pause

CACHE = "SQLKIT_TEST_CACHE"


def initialize(cluster: Cluster, pause: Pause) -> None:
    """Make the data folder: UTF-8, C collation, superuser ``postgres``, no password.

    Where `CACHE` names a folder, the first one of each PostgreSQL is kept there and copied from
    then on, which takes a fifth of the time.
    """
    kept = _kept(cluster)
    if kept is None:
        _initdb(cluster, pause)
    elif os.access(kept, os.R_OK):
        _copy(kept, cluster)
    else:
        _initdb(cluster, pause)
        _keep_copy(cluster, kept)


def _kept(cluster: Cluster) -> Path | None:
    """Where a data folder made by these programs is kept to copy it, if it is."""
    folder = os.environ.get(CACHE)
    if not folder:
        return None
    made = (cluster.bindir / "initdb").stat().st_mtime_ns
    return Path(folder, f"{zlib.crc32(os.fsencode(cluster.bindir)):08x}-{made:x}")


def _keep_copy(cluster: Cluster, kept: Path) -> None:
    part = kept.with_name(f"{kept.name}.{os.getpid()}")
    shutil.copytree(cluster.data, part)
    try:
        part.rename(kept)
    except OSError:  # somebody else was first
        shutil.rmtree(part)


def _copy(kept: Path, cluster: Cluster) -> None:
    shutil.copytree(kept, cluster.data, copy_function=shutil.copy)
    if cluster.user is not None:
        cluster.folder.chmod(0o755)
        for parent, _, files in os.walk(cluster.data):
            for path in (Path(parent), *(Path(parent, name) for name in files)):
                os.chown(path, cluster.user, cluster.group or 0)


def _initdb(cluster: Cluster, pause: Pause) -> None:
    cluster.data.mkdir(mode=0o700)
    if cluster.user is not None:
        cluster.folder.chmod(0o755)
        os.chown(cluster.data, cluster.user, cluster.group or 0)
    command = [str(cluster.bindir / "initdb"), "-D", str(cluster.data), "-U", "postgres"]
    options = ["-A", "trust", "-E", "UTF8", "--locale=C", f"--lc-ctype={_ctype()}"]
    process = spawn([*command, *options, "--no-sync", "--no-instructions"], cluster)
    try:
        while process.poll() is None:
            pause(0.01)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)  # with the postgres that initdb runs
        process.wait()
        raise
    if process.returncode != 0:
        raise Failure(f"initdb failed:\n{cluster.log_tail()}")


def _ctype() -> str:
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    return "C.UTF-8"
