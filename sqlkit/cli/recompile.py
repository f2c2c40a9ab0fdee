"""Compiling again and again: the schema and what was described on it are kept in between."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import psycopg

from sqlkit.cli.plans import planned
from sqlkit.cli.queries import chosen
from sqlkit.cli.schema import Schemas
from sqlkit.compile import Memory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from sqlkit.compile import Plan
    from sqlkit.project import DatabaseFolders, Project


@dataclass(frozen=True, slots=True)
class _Kept:
    connection: psycopg.Connection[Any]
    memory: Memory = field(default_factory=Memory)


class Recompiler:
    """The plans of a project's databases, on one server and one connection each.

    Leaving it as a context manager closes them, drops what was made and stops what was started.
    """

    def __init__(
        self, project: Project, database: str | None, dsn: str | None, paths: Sequence[Path]
    ) -> None:
        self.project = project
        self._asked = database, dsn, paths
        self._schemas = Schemas(project, dsn)
        self._kept: dict[DatabaseFolders, _Kept] = {}

    def plans(self) -> list[Plan]:
        """What compiling comes to now. Raises as `plan` and `Schemas.conninfo` do."""
        database, dsn, paths = self._asked
        several = chosen(self.project, database, dsn, paths)
        made = [self._plan(folders) for folders in several]
        return [one.only(paths) if paths else one for one in made]

    def forget(self, folders: DatabaseFolders) -> bool:
        """Let go of a schema, so that it is made anew; gives whether there was one."""
        kept = self._kept.pop(folders, None)
        if kept:
            kept.connection.close()
        return kept is not None

    def _plan(self, folders: DatabaseFolders) -> Plan:
        if folders in self._kept:
            # The server may have gone meanwhile, or the database.
            with suppress(psycopg.OperationalError):
                return self._planned(folders, self._kept[folders])
            self.forget(folders)
        connection = psycopg.connect(self._schemas.conninfo(folders), autocommit=True)
        self._kept[folders] = _Kept(connection)
        return self._planned(folders, self._kept[folders])

    def _planned(self, folders: DatabaseFolders, kept: _Kept) -> Plan:
        return planned(self.project, folders, kept.connection, memory=kept.memory)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for folders in tuple(self._kept):
            self.forget(folders)
        self._schemas.__exit__(kind, error, trace)
