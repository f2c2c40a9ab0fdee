"""Files whose names look like a migration's or a rollback's, and that yoyo takes for something else.

It passes over ``0001.users.SQL`` without a word, and ``0001.users.rolback.sql`` is to it a migration
that comes right after the one that it undoes.
"""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sqlkit.errors import MigrationError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

_ROLLBACK = ".rollback.sql"
_SUFFIXES = (".sql", ".py")
_PARTED = re.compile(r"(.+)[._-](\w+)\.(?:sql|py)", re.DOTALL)
_UNDOES = ("rollback", "down", "undo", "revert")


def strays(folders: Sequence[Path], ids: Collection[str]) -> Iterator[str]:
    """Why each of these files is none; ``ids`` are those of the migrations."""
    for folder, name in ((folder, name) for folder in folders for name in _names(folder)):
        lower = name.lower()
        if lower.endswith(_SUFFIXES) and not name.endswith(_SUFFIXES):
            yield f"{folder / name} is passed over: the end of its name must be in small letters"
        elif name.endswith(_ROLLBACK) and name.removesuffix(_ROLLBACK) not in ids:
            id_ = name.removesuffix(_ROLLBACK)
            yield f"{folder / name} is the rollback of no migration: there is no {id_}.sql"


def refuse_misnamed(paths: Sequence[Path], ids: Collection[str]) -> None:
    """Refuse to take for a migration what must be the rollback of one. Raises `MigrationError`."""
    known = set(ids)
    for path in paths:
        match = _PARTED.fullmatch(path.name)
        if match and match[1] in known and get_close_matches(match[2].lower(), _UNDOES, 1, 0.85):
            raise MigrationError(
                f"{path} would be applied as a migration, and looks like the rollback of {match[1]}\n"
                f"hint: name it {match[1]}{_ROLLBACK}, or something else if it is no rollback"
            )


def _names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))  # noqa: PTH208 - names alone, of a thousand files
