"""The seeders of a project: what its seeds file makes with ``@seeder``."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from sqlkit.errors import ProjectError
from sqlkit.seeding import Seeder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from sqlkit.project import Project


def load(project: Project) -> list[Seeder[Any]]:
    """The seeders, in the order in which the file names them.

    The file is imported as a module of the project's root: ``sql/seeds.py`` is ``sql.seeds``.
    Raises `ProjectError` if it isn't there or has none.
    """
    if not project.seeds.is_file():
        raise ProjectError(
            f"{project.seeds}: there is no such file; seeders are functions in it with @seeder(…) "
            "above (docs/seeding.md)\n"
            "hint: --fill TABLE=100 needs no file: it puts made-up rows into a table"
        )
    values: Iterable[Any] = vars(_module(project)).values()
    seeders: dict[Seeder[Any], None] = {each: None for each in values if isinstance(each, Seeder)}
    if not seeders:
        raise ProjectError(f"{project.seeds} has no seeder: a function with @seeder(…)")
    return list(seeders)


def _module(project: Project) -> ModuleType:
    try:
        path = project.seeds.relative_to(project.root).with_suffix("")
    except ValueError:
        raise ProjectError(f"{project.seeds} must be inside {project.root}") from None
    root = str(project.root)
    if root not in sys.path:
        sys.path.insert(0, root)
    try:
        return import_module(".".join(path.parts))
    except Exception as error:
        raise ProjectError(f"{_place(error, project)}: {type(error).__name__}: {error}") from error


def _place(error: Exception, project: Project) -> str:
    """Where in the project's own files an error began: ``sql/seeds.py:3``."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    frames = [
        frame
        for frame in extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(project.root)
    ]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else str(project.seeds)
