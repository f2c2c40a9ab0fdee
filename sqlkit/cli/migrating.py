"""What the commands of ``sqlkit migrate`` share: the database, the files, and what is shown."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlkit.cli.console import say, stderr
from sqlkit.migrations.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Generator

    from rich.progress import Progress, TaskID

    from sqlkit.cli.pulse import Pulse
    from sqlkit.migrations import Folder, Migration, Settings
    from sqlkit.migrations.backend import Backend
    from sqlkit.project import DatabaseFolders, Project

DONE = {"apply": "applied", "rollback": "rolled back"}


@contextmanager
def opened(
    project: Project, folders: DatabaseFolders, dsn: str | None, settings: Settings | None = None
) -> Generator[tuple[Backend, Folder]]:
    """The database that is meant, and the files; says to standard error which database it is."""
    from rich.text import Text

    from sqlkit.cli.paths import from_here
    from sqlkit.cli.target import target
    from sqlkit.database.conninfo import describe
    from sqlkit.migrations import read
    from sqlkit.migrations.backend import Backend

    # yoyo would print what can't be loaded, with its traceback, beside our error.
    logging.getLogger("yoyo.migrations").addHandler(logging.NullHandler())
    folder = read(from_here(folders.migrations))
    if not len(folder):
        say(f"there are no migrations in {folders.migrations}")
    for stray in folder.strays:
        say(Text.assemble(("warning: ", "yellow"), stray))
    with Backend.open(target(project, folders, dsn), settings) as backend:
        say(f"database: {describe(backend.connection.info.dsn)}")
        yield backend, folder


class Shown(Watcher):
    """Shows what happens: results on standard output, the rest and a bar on standard error."""

    def __init__(self, progress: Progress, *, quiet: bool) -> None:
        self.done: list[dict[str, Any]] = []
        self._progress = progress
        self._quiet = quiet
        self._task: TaskID | None = None
        self._title = ""
        self.pulse: Pulse | None = None

    def planned(self, count: int) -> None:
        """The bar's length."""
        self._task = self._progress.add_task("", total=count)

    def begins(self, migration: Migration, direction: str) -> None:
        """Its id stands beside the bar."""
        self._title = f"{migration.id}{' (rollback)' if direction == 'rollback' else ''}"
        self._describe(self._title)

    def step(self, number: int, of: int) -> None:
        """And which of its statements is at work, where there are several."""
        if of > 1:
            self._describe(f"{self._title}, {number} of {of}")

    def ended(self, migration: Migration, direction: str, seconds: float) -> None:
        """A line of its own."""
        if self.pulse:
            self.pulse.at(None)
        self.done.append({"id": migration.id, "seconds": round(seconds, 6)})
        if self._task is not None:
            self._progress.advance(self._task)
        if not self._quiet:
            # Not click.echo, which would write into the line of the bar.
            sys.stdout.write(f"{DONE[direction]} {migration.id} ({took(seconds)})\n")
            sys.stdout.flush()

    def note(self, text: str) -> None:
        """On standard error."""
        self._progress.console.print(f"note: {text}", soft_wrap=True)

    def _describe(self, text: str) -> None:
        if self.pulse:
            self.pulse.at(text)
        if self._task is not None:
            self._progress.update(self._task, description=text)


@contextmanager
def shown(backend: Backend, *, quiet: bool = False) -> Generator[Shown]:
    """Show what the backend does; ``quiet``: without the lines on standard output."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from sqlkit.cli.pulse import Pulse

    console = stderr()
    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
        redirect_stdout=sys.stdout.isatty(),  # a pipe gets its lines whatever the bar does
    )
    watcher = Shown(progress, quiet=quiet)
    backend.watcher = watcher
    with progress, Pulse(backend, watcher.note) as watcher.pulse:
        yield watcher


def took(seconds: float) -> str:
    """``12 ms``, ``3.4 s``, ``2 min 5 s``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
