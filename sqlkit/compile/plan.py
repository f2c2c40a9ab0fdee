"""What compiling a folder comes to: every file as it should be, or what stands in the way."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlkit.compile.header import header_of
from sqlkit.compile.names import ROWS_MODULE
from sqlkit.errors import ForeignFile

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from sqlkit.compile.problem import Notice
    from sqlkit.describe import Description
    from sqlkit.errors import SourceError

_IMPORTS_ROWS = re.compile(rf"^from \.+{ROWS_MODULE} import ", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What compiling a folder comes to, before anything is written.

    ``files`` are the whole texts by path, also of those that stand so already; ``removed`` are
    generated files whose ``.sql`` file is gone. With ``errors``, in the order of files and lines,
    the plan can't be written.
    """

    folder: Path
    files: Mapping[Path, str]
    removed: tuple[Path, ...] = ()
    errors: tuple[SourceError, ...] = ()
    notices: tuple[Notice, ...] = ()
    descriptions: tuple[Description, ...] = ()

    def write(self) -> tuple[Path, ...]:
        """Write what differs and remove what is gone; the paths of both, in order.

        Raises, before anything is touched, the first of ``errors`` (with a note for each other
        one), and `ForeignFile` where a file that sqlkit did not write stands in the way.
        """
        if self.errors:
            first, *others = self.errors
            for other in others:
                first.add_note(str(other))
            raise first
        for path in self.files:
            if path.exists() and header_of(path.read_text()) is None:
                raise ForeignFile(
                    f"{path} was not written by sqlkit: move it away, or rename the .sql file"
                )
        changed = {path: text for path, text in self.files.items() if not _stands(path, text)}
        _replace(changed)
        for path in self.removed:
            path.unlink()
        return tuple(sorted([*changed, *self.removed]))

    def only(self, paths: Collection[Path]) -> Plan:
        """The plan for these files and folders alone, with what their modules import.

        Where the rows that modules share change, all who import them come along: a row that no
        longer is shared stands in its own module again, and is nowhere else.
        """
        chosen = [path.resolve() for path in paths]
        files = [*self.files, *self.removed]
        asked = {file for file in files if _is_asked(file, chosen)}
        rows = self.folder / f"{ROWS_MODULE}.py"
        if rows in self.removed or not _stands(rows, self.files.get(rows, "")):
            asked |= {file for file in files if self._imports_rows(file)}
        return replace(
            self,
            files={file: text for file, text in self.files.items() if file in asked},
            removed=tuple(file for file in self.removed if file in asked),
        )

    def _imports_rows(self, file: Path) -> bool:
        texts = (self.files.get(file, ""), file.read_text() if file.exists() else "")
        return any(_IMPORTS_ROWS.search(text) for text in texts)


def _is_asked(file: Path, chosen: Sequence[Path]) -> bool:
    shared = file.name.startswith("_")
    return shared or any(
        file.resolve().is_relative_to(path) or file.with_suffix(".sql").resolve() == path
        for path in chosen
    )


def _stands(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


def _write(draft: Path, path: Path, text: str) -> None:
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        error.add_note(f"hint: {path} is written there first, so its folder must be writable")
        raise


def _replace(files: Mapping[Path, str]) -> None:
    """Write all files beside their places first, then move them there, each in one step."""
    written: list[tuple[Path, Path]] = []
    try:
        for path, text in files.items():
            draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
            written.append((draft, path))
            _write(draft, path, text)
        for draft, path in written:
            draft.replace(path)
    finally:
        for draft, _ in written:
            draft.unlink(missing_ok=True)
