"""The ``.sql`` files of a folder, and which modules they become."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlkit.compile.names import ROWS_MODULE, TYPES_MODULE, identifier, is_identifier
from sqlkit.errors import CompileError, SourceError, SqlFileError
from sqlkit.sqlfile import Parsed, read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


@dataclass(frozen=True, slots=True)
class SqlFile:
    """A ``.sql`` file: its path, its name in messages, its module's dotted name, its text."""

    path: Path
    file: str
    module: str
    text: str

    @property
    def target(self) -> Path:
        """The module that is written beside it."""
        return self.path.with_suffix(".py")

    def parsed(self) -> Parsed:
        """Its queries and errors."""
        return read(self.text, file=self.file, module=self.module)


def sql_paths(folder: Path, exclude: Collection[Path] = ()) -> list[Path]:
    """The ``.sql`` files of a folder and the folders in it, but for hidden and excluded ones."""
    return sorted(_files(folder, ".sql", {path.resolve() for path in exclude}))


def python_paths(folder: Path, exclude: Collection[Path] = ()) -> list[Path]:
    """The Python files there."""
    return sorted(_files(folder, ".py", {path.resolve() for path in exclude}))


def _files(folder: Path, suffix: str, exclude: set[Path]) -> Iterator[Path]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.startswith((".", "__pycache__")):
            continue
        if path.is_dir():
            if path.resolve() not in exclude:
                yield from _files(path, suffix, exclude)
        elif path.suffix == suffix:
            yield path


def local_modules(root: Path) -> set[str]:
    """The top-level modules of a project: what stands in its root, or in ``src``."""
    found = [
        path for folder in (root, root / "src") if folder.is_dir() for path in folder.iterdir()
    ]
    return {path.stem for path in found if path.is_dir() or path.suffix == ".py"}


def load(
    root: Path, folder: Path, exclude: Collection[Path] = ()
) -> tuple[list[SqlFile], list[SourceError]]:
    """The ``.sql`` files of a folder that can be read and named; errors for the others."""
    found: list[SqlFile] = []
    errors: list[SourceError] = []
    for path in sql_paths(folder, exclude):
        try:
            found.append(_load(root, folder, path))
        except SourceError as error:
            errors.append(error)
    return found, errors


def _load(root: Path, folder: Path, path: Path) -> SqlFile:
    # Whatever the current folder is: generated files have the name in them.
    file = Path(os.path.relpath(path, root)).as_posix()
    parts = path.relative_to(folder).with_suffix("").parts
    for part in parts:
        if not is_identifier(part):
            raise CompileError(
                f"{part} can't be the name of a Python module",
                file=file,
                line=1,
                hint=f"rename it, to {identifier(part)} for one",
            )
    if parts[-1] in (TYPES_MODULE, ROWS_MODULE, "__init__"):
        raise CompileError(f"{parts[-1]}.py is written by sqlkit itself", file=file, line=1)
    if path.with_suffix("").is_dir():
        raise CompileError(f"a folder has the name of the module {parts[-1]}", file=file, line=1)
    return SqlFile(path, file, ".".join(parts), _text(path, file))


def _text(path: Path, file: str) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SqlFileError("the file is not UTF-8", file=file, line=line) from None
