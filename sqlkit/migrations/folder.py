"""The migrations of a folder, or of several, in the order in which they are applied."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from sqlkit.errors import MigrationError, ProjectError
from sqlkit.migrations.migration import Migration
from sqlkit.migrations.optional import yoyo
from sqlkit.migrations.stray import refuse_misnamed, strays

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SUFFIXES = (".sql", ".py")


@dataclass(frozen=True, slots=True)
class Folder:
    """What folders hold: migrations in their order, and those that are run after each apply.

    ``strays`` says of other files why they are no migrations, though their names look so.
    """

    migrations: tuple[Migration, ...]
    post_apply: tuple[Migration, ...] = ()
    strays: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Migration]:
        return iter(self.migrations)

    def __len__(self) -> int:
        return len(self.migrations)

    def up_to(self, id_: str | None) -> frozenset[str]:
        """The ids up to and with this one, of all if None. Raises `MigrationError` as `find`."""
        until = len(self) if id_ is None else self.migrations.index(self.find(id_)) + 1
        return frozenset(one.id for one in self.migrations[:until])

    def find(self, id_: str) -> Migration:
        """The migration of that id, or whose id alone begins so. Raises `MigrationError`."""
        by_id = {migration.id: migration for migration in self.migrations}
        return by_id[named(id_, by_id)]


def read(*folders: Path) -> Folder:
    """Read the migrations of these folders.

    Raises `ProjectError` if a folder isn't there, `MigrationError` for a file that can't be read,
    two files of one id, and dependencies that are unknown or go round in a circle.
    """
    for folder in folders:
        if not folder.is_dir():
            raise ProjectError(
                f"there is no folder of migrations at {folder.absolute()}\n"
                'hint: make it, go to the project\'s folder, or name it in pyproject.toml: '
                '[tool.sqlkit] migrations = "…"'
            )
    try:
        found = yoyo().read_migrations(*(glob.escape(str(folder)) for folder in folders))
    except yoyo("yoyo.exceptions").MigrationConflict as error:
        raise _twins(folders, str(error.args[0])) from None
    ids = [str(one.id) for one in (*found, *found.post_apply)]
    refuse_misnamed([Path(one.path) for one in found], ids)
    return Folder(
        _ordered([Migration.of(one) for one in found]),
        tuple(map(Migration.of, found.post_apply)),
        tuple(strays(folders, ids)),
    )


def named(id_: str, known: Iterable[str]) -> str:
    """The id that is meant: itself, or the only one that begins so. Raises `MigrationError`."""
    known = list(known)
    begin = [one for one in known if one.startswith(id_)]
    if id_ in known:
        return id_
    if len(begin) == 1:
        return begin[0]
    if begin:
        raise MigrationError(f"{id_} may be {', '.join(begin)}: say more of the id")
    meant = _meant(id_, known) or '\nhint: "sqlkit migrate status" lists them'
    raise MigrationError(f"there is no migration {id_}{meant}")


def _twins(folders: Sequence[Path], id_: str) -> MigrationError:
    """Yoyo names the id alone."""
    found = [folder / f"{id_}{suffix}" for folder in folders for suffix in SUFFIXES]
    files = " and ".join(str(path) for path in found if path.exists())
    return MigrationError(
        f"two migrations have the id {id_}: {files}\n"
        "hint: rename the one that is applied nowhere yet"
    )


def _ordered(migrations: Sequence[Migration]) -> tuple[Migration, ...]:
    """In yoyo's order: by id, but each after what it depends on."""
    by_id = {migration.id: migration for migration in migrations}
    for migration in migrations:
        for id_ in migration.depends:
            if id_ not in by_id:
                raise MigrationError(
                    f"{migration.path}: depends on {id_}, and there is no such migration"
                    f"{_meant(id_, list(by_id))}"
                )
    sorting = yoyo("yoyo.topologicalsort")
    graph = {migration.id: migration.depends for migration in migrations}
    try:
        return tuple(by_id[id_] for id_ in sorting.topological_sort(list(by_id), graph))
    except sorting.CycleError as error:
        raise MigrationError(_circle([by_id[id_] for id_ in error.args[1]])) from None


def _circle(migrations: Sequence[Migration]) -> str:
    if len(migrations) == 1:
        path = migrations[0].path
        return f'{path} depends on itself\nhint: put right its line "-- depends:"'
    ids = ", ".join(one.id for one in migrations)
    return (
        f"these migrations depend on each other in a circle: {ids}\n"
        'hint: put right a line "-- depends:" in one of them'
    )


def _meant(id_: str, known: Sequence[str]) -> str:
    close = get_close_matches(id_, known, 1)
    return f"; did you mean {close[0]}?" if close else ""
