"""PostgreSQL binaries installed on the machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from sqlkit.testing.binaries import Binaries, Unusable, probe
from sqlkit.testing.ordinary_user import ordinary_user

if TYPE_CHECKING:
    from collections.abc import Iterator

# Debian and Ubuntu; PGDG's packages for Red Hat and SUSE; Homebrew on both kinds of Mac;
# Postgres.app; FreeBSD's and other plain installations from source; Alpine; Arch.
USUAL_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
    "/usr/libexec/postgresql*",
    "/usr/bin",
)


def find(major: int | None = None) -> Binaries:
    """The first binaries that work: on PATH, by pg_config, in the usual folders newest first."""
    user = ordinary_user()
    reasons: list[str] = []
    for bindir in dict.fromkeys(_candidates()):
        try:
            return probe(bindir, user.uid if user else None, major=major)
        except Unusable as reason:
            reasons.append(str(reason))
    raise Unusable("\n".join(reasons) or "not on PATH, pg_config not found, not in usual folders")


def _candidates() -> Iterator[Path]:
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    if pg_config := shutil.which("pg_config"):
        yield from _bindir(pg_config)
    for pattern in USUAL_FOLDERS:
        folders = Path("/").glob(pattern.removeprefix("/"))
        yield from sorted((f for f in folders if (f / "postgres").exists()), key=_newest_first)


def _bindir(pg_config: str) -> Iterator[Path]:
    try:
        answer = subprocess.run(  # noqa: S603 - the program that was found
            [pg_config, "--bindir"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return
    yield Path(answer.stdout.strip())


def _newest_first(folder: Path) -> tuple[float, str]:
    number = re.search(r"\d+(\.\d+)?", str(folder))
    return (-float(number[0]) if number else 0.0, str(folder))
