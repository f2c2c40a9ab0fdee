"""Whom a server runs as: PostgreSQL refuses root, so root runs it as an ordinary user."""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlkit.testing.binaries import Unusable

FOLDER = "SQLKIT_TEST_FOLDER"
_CANDIDATES = ("postgres", "nobody", "daemon")


@dataclass(frozen=True)
class User:
    """An ordinary user of this machine."""

    name: str
    uid: int
    gid: int


def ordinary_user() -> User | None:
    """Whom to run a server as; None: whoever runs this process, which isn't root."""
    if os.geteuid() != 0:
        return None
    import pwd

    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(name, entry.pw_uid, entry.pw_gid)
    raise Unusable(
        "PostgreSQL refuses to run as root, and there is no other user to run it as "
        f"(looked for {', '.join(_CANDIDATES)})"
    )


def reachable(folder: Path, user: User | None) -> bool:
    """Whether the user can enter the folder: every folder on the way lets him through."""
    if user is None:
        return os.access(folder, os.X_OK)
    return all(_lets_through(part, user) for part in (folder, *folder.parents))


def temporary_folder(user: User | None) -> Path:
    """Where to make servers' folders: the one that `FOLDER` names or the usual place for temporary
    ones, unless the user can't enter it.
    """
    usual = Path(os.environ.get(FOLDER) or tempfile.gettempdir()).resolve()
    return usual if reachable(usual, user) else Path("/tmp").resolve()  # noqa: S108 - mkdtemp's base


def shared_cache(user: User) -> Path:
    """A folder of root's own that the user can read; nobody else may write what root runs."""
    for folder in (Path("/var/cache/sqlkit"), Path(tempfile.gettempdir(), "sqlkit-cache-0")):
        try:
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            if folder.lstat().st_uid == 0 and not folder.is_symlink():
                folder.chmod(0o755)
                if reachable(folder.resolve(), user):
                    return folder
        except OSError:
            continue
    raise Unusable(f"there is no folder of root's that the user {user.name} can read")


def _lets_through(folder: Path, user: User) -> bool:
    status = folder.stat()
    if status.st_uid == user.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == user.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
