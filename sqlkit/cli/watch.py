"""``sqlkit compile --watch``: compile, and again whatever changes, until Ctrl-C."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from sqlkit.cli.changes import label, snapshot, wait
from sqlkit.cli.console import say
from sqlkit.cli.failure import FOUND, show, status
from sqlkit.cli.paths import from_here
from sqlkit.cli.recompile import Recompiler
from sqlkit.cli.written import refused, write
from sqlkit.project import FILE, Project

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlkit.cli.changes import Changes


def watch(database: str | None, dsn: str | None, paths: Sequence[Path]) -> None:
    """Compile what is asked for, and again what changes, until Ctrl-C.

    Errors are shown, and the next change is waited for. Raises what is wrong use from the start.
    """
    project: Project | None = Project.find()
    with suppress(KeyboardInterrupt):
        while project:
            with Recompiler(project, database, dsn, paths) as recompiler:
                _follow(recompiler)
            project = _found(project)


def _follow(recompiler: Recompiler) -> None:
    """Compile until the project's settings change."""
    project = recompiler.project
    seen = snapshot(project)
    try:
        plans = recompiler.plans()
        if not refused(plans):
            write(plans)
    except Exception as error:
        if status(error) != FOUND:
            raise
        show([error])
    say("watching for changes; Ctrl-C ends it")
    while True:
        seen, changes = wait(project, seen)
        if changes.settings(project):
            _say(f"{FILE} changed: all is compiled anew")
            return
        try:
            _again(recompiler, changes)
        except Exception as error:
            if status(error) is None and not isinstance(error, click.UsageError):
                raise
            show([error])


def _found(project: Project) -> Project:
    """The project with its settings as they are now, once they can be read."""
    while True:
        seen = snapshot(project)
        try:
            return Project.find()
        except Exception as error:
            if status(error) is None:
                raise
            show([error])
        wait(project, seen)


def _again(recompiler: Recompiler, changes: Changes) -> None:
    for folders in recompiler.project.all_databases():
        if changes.migrations(folders) and recompiler.forget(folders):
            _say(f"{from_here(folders.migrations)}/ changed: the schema is made anew")
    plans = recompiler.plans()
    names = changes.names(recompiler.project)
    if refused(plans, names):
        _say(f"{label(names)}: nothing was written")
        return
    written = [path for plan in plans for path in plan.write()]
    said = [one for plan in plans for one in plan.descriptions if one.file in names]
    count = f"{len(said)} quer{'y' if len(said) == 1 else 'ies'}, " if said else ""
    took = f"{(time.perf_counter() - changes.noticed) * 1000:.0f} ms"
    click.echo(f"{_now()}  {label(names)} → {_results(written)} ({count}{took})")


def _results(written: Sequence[Path]) -> str:
    made = [path.name if path.exists() else f"{path.name} removed" for path in written]
    return label(made) if made else "nothing new"


def _say(message: str) -> None:
    say(f"{_now()}  {message}")


def _now() -> str:
    return time.strftime("%H:%M:%S")
