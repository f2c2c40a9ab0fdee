"""The seeders of a project: what its seeds file makes with ``@seeder``."""

from __future__ import annotations

import sys
from importlib import import_module
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
        raise ProjectError(f"{project.seeds}: there is no such file; see docs/seeding.md")
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
    return import_module(".".join(path.parts))
