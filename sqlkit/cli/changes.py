"""What changed in a project's files since they were last looked at."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sqlkit.cli.queries import inner
from sqlkit.compile.source import sql_paths
from sqlkit.project import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlkit.project import DatabaseFolders, Project

# Of each file: when it was written, its length, and which file it is, since many programs save by
# putting a new one in the old one's place.
Snapshot: TypeAlias = "dict[Path, tuple[int, int, int]]"

POLL = 0.05  # seconds between two looks: no library, and any file system will do
SETTLE = 0.02
NAMED = 3


@dataclass(frozen=True, slots=True)
class Changes:
    """The files that were written, made or removed; ``noticed`` by `time.perf_counter`."""

    paths: tuple[Path, ...]
    noticed: float

    def settings(self, project: Project) -> bool:
        """Whether the project's settings are among them."""
        return project.root / FILE in self.paths

    def migrations(self, folders: DatabaseFolders) -> bool:
        """Whether a migration of this database is among them."""
        return any(path.is_relative_to(folders.migrations) for path in self.paths)

    def names(self, project: Project) -> list[str]:
        """The files as messages name them: from the project's root."""
        return [Path(os.path.relpath(path, project.root)).as_posix() for path in self.paths]


def label(names: Sequence[str]) -> str:
    """A few names, or how many they are."""
    return ", ".join(names) if len(names) <= NAMED else f"{len(names)} files"


def snapshot(project: Project) -> Snapshot:
    """The files that compiling depends on, as they are."""
    return {path: stamp for path in _paths(project) if (stamp := _stamp(path)) is not None}


def wait(project: Project, before: Snapshot) -> tuple[Snapshot, Changes]:
    """Wait until something differs, and until who writes it seems to be done."""
    now = snapshot(project)
    while now == before:
        time.sleep(POLL)
        now = snapshot(project)
    noticed, settled = time.perf_counter(), None
    while settled != now:
        time.sleep(SETTLE)
        settled, now = now, snapshot(project)
    changed = {path for path, _ in before.items() ^ now.items()}
    return now, Changes(tuple(sorted(changed)), noticed)


def _paths(project: Project) -> Iterator[Path]:
    yield project.root / FILE
    for folders in project.all_databases():
        yield from sql_paths(folders.sql, inner(project, folders))
        if folders.migrations.is_dir():
            yield from (p for p in folders.migrations.rglob("[!.]*") if p.suffix in (".sql", ".py"))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None  # gone meanwhile
    return found.st_mtime_ns, found.st_size, found.st_ino
