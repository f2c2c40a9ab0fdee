"""The queries of the project, as its files say them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from sqlkit.cli.paths import from_here
from sqlkit.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlkit.errors import SourceError
    from sqlkit.project import DatabaseFolders, Project
    from sqlkit.sqlfile import Query


def chosen(
    project: Project, database: str | None, dsn: str | None, paths: Sequence[Path]
) -> list[DatabaseFolders]:
    """The databases to work on: the one that is named, else all that have files among the paths.

    Wrong use: ``--dsn`` for several databases, or a path without a ``.sql`` file of any of them.
    Raises `ProjectError` if there is no ``.sql`` file at all.
    """
    from sqlkit.compile.source import sql_paths

    asked = (project.database(database),) if database else project.all_databases()
    found = {folders: sql_paths(folders.sql, inner(project, folders)) for folders in asked}
    for path in paths:
        if not any(_within(file, path) for files in found.values() for file in files):
            raise click.UsageError(_no_file_in(path, asked))
    several = [
        folders
        for folders, files in found.items()
        if files and (not paths or any(_within_any(file, paths) for file in files))
    ]
    if not several:
        raise ProjectError(_no_file(asked[0]))
    if dsn and len(several) > 1:
        names = ", ".join(folders.name for folders in several)
        raise click.UsageError(f"--dsn is one database and there are {names}: say --database")
    return several


def queries(
    project: Project, folders: DatabaseFolders, paths: Sequence[Path] = ()
) -> tuple[list[Query], list[SourceError]]:
    """The queries of one database, of these files or folders only, and what is wrong in them."""
    from sqlkit.compile import source

    files, errors = source.load(project.root, folders.sql, inner(project, folders))
    found: list[Query] = []
    for file in files:
        if not paths or _within_any(file.path, paths):
            parsed = file.parsed()
            found += parsed.queries
            errors += parsed.errors
    return found, errors


def _no_file(folders: DatabaseFolders) -> str:
    return f'there is no .sql file in {folders.sql}: "sqlkit init" begins a project'


def _no_file_in(path: Path, asked: Sequence[DatabaseFolders]) -> str:
    beside = path.with_suffix(".sql")
    if path.suffix == ".py" and beside.is_file():
        hint = f"; did you mean {beside}?"
    else:
        folders = " and ".join(str(from_here(one.sql)) for one in asked)
        hint = f": they are in {folders} ([tool.sqlkit] sql)"
    return f"there is no .sql file of the project in {path}{hint}"


def _within(file: Path, path: Path) -> bool:
    return file.resolve().is_relative_to(path.resolve())


def _within_any(file: Path, paths: Sequence[Path]) -> bool:
    return any(_within(file, path) for path in paths)


def inner(project: Project, folders: DatabaseFolders) -> list[Path]:
    """The folders within a database's own that are another database's."""
    others = (other.sql for other in project.all_databases() if other.sql != folders.sql)
    return [other for other in others if other.is_relative_to(folders.sql)]


def find(project: Project, folders: DatabaseFolders, name: str) -> Query:
    """The query of that full name; wrong use, with the near ones, if there is none."""
    found, errors = queries(project, folders)
    by_name = {query.full_name: query for query in found}
    if name in by_name:
        return by_name[name]
    if errors:
        raise errors[0]  # the query may be there, once the file can be read
    meant = [full for full in by_name if full.rpartition(".")[2] == name]
    meant = meant or get_close_matches(name, by_name, 3)
    if not by_name:
        raise ProjectError(_no_file(folders))
    hint = f"; did you mean {' or '.join(meant)}?" if meant else ""
    raise click.UsageError(f"there is no query {name} in {folders.sql}{hint}")
