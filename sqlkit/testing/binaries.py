"""A folder of PostgreSQL's programs, once it has been seen to work."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SUPPORTED = range(14, 19)


class Unusable(Exception):
    """Why a way to a server doesn't work here, in words for a person."""


@dataclass(frozen=True)
class Binaries:
    """A folder with ``initdb``, ``postgres``, ``psql`` …; ``version`` is such as ``"16.4"``."""

    bindir: Path
    version: str

    @property
    def major(self) -> int:
        """The major version, such as 16."""
        return int(re.split(r"\D", self.version)[0])


def probe(bindir: Path, user: int | None = None, *, major: int | None = None) -> Binaries:
    """The binaries in a folder, if the user with this id can run them.

    Raises `Unusable` where something is missing, or the version isn't supported or not ``major``.
    """
    for program in ("postgres", "initdb"):
        if not (bindir / program).is_file():
            raise Unusable(f"{bindir}: no {program} there")
    found = Binaries(bindir, _version(bindir / "postgres", user))
    if found.major not in SUPPORTED:
        supported = f"{SUPPORTED.start} to {SUPPORTED.stop - 1}"
        raise Unusable(f"{bindir}: PostgreSQL {found.version}, where {supported} are supported")
    if major is not None and found.major != major:
        raise Unusable(f"{bindir}: PostgreSQL {found.version}, where {major} was asked for")
    return found


def _version(postgres: Path, user: int | None) -> str:
    try:
        answer = subprocess.run(  # noqa: S603 - the program that was found
            [postgres, "--version"],
            capture_output=True,
            text=True,
            timeout=20,
            cwd="/",
            user=user,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or error
        raise Unusable(f"{postgres} does not run: {said}") from error
    match = re.search(r"\(PostgreSQL\) (\S+)", answer.stdout)
    if match is None:
        raise Unusable(f"{postgres} --version says {answer.stdout!r}")
    return match[1]
