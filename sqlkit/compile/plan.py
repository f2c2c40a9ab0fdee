"""What compiling a folder comes to: every file as it should be, and what stands in the way."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlkit.compile.header import header_of, stamped
from sqlkit.compile.module import Module
from sqlkit.compile.names import TYPES_MODULE, type_names
from sqlkit.compile.notice import notices
from sqlkit.compile.settings import Settings
from sqlkit.compile.shared import shared_source
from sqlkit.compile.source import SqlFile, load, local_modules, python_paths
from sqlkit.describe import Description, describe
from sqlkit.describe.types import parts
from sqlkit.errors import ForeignFile, SourceError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import psycopg

    from sqlkit.compile.problem import Notice
    from sqlkit.describe.types import Type

_DEFAULTS = Settings()


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


def plan(
    connection: psycopg.Connection[Any],
    root: Path,
    folder: Path,
    settings: Settings = _DEFAULTS,
    exclude: Collection[Path] = (),
) -> Plan:
    """Read and describe the ``.sql`` files of a folder, and write their modules in memory.

    ``root`` is what files are named from in messages and sources; ``exclude`` are folders that
    belong to other databases. Reads files and asks the server; changes neither.
    """
    files, errors = load(root, folder, exclude)
    parsed = [file.parsed() for file in files]
    errors += [error for one in parsed for error in one.errors]
    queries = [query for one in parsed for query in one.queries]
    answers = dict(zip(queries, describe(connection, queries), strict=True))
    errors += [answer for answer in answers.values() if isinstance(answer, SourceError)]
    described = {
        query: answer for query, answer in answers.items() if isinstance(answer, Description)
    }
    types, local = _types(described.values()), local_modules(root)
    modules = [
        Module(
            file=file.file,
            doc=one.doc,
            described=[(query, described[query]) for query in one.queries if query in described],
            types=type_names(types),
            settings=settings,
            depth=file.module.count("."),
            local=local,
        )
        for file, one in zip(files, parsed, strict=True)
    ]
    bodies = [module.source() for module in modules]
    errors += [error for module in modules for error in module.errors]
    shared = shared_source(
        types, type_names(types), null_elements=settings.null_elements, local=local
    )
    made = dict(_files(folder, files, bodies, shared)) if not errors else {}
    return Plan(
        folder=folder,
        files=made,
        removed=tuple(_orphans(folder, made, exclude)) if not errors else (),
        errors=tuple(sorted(errors, key=lambda error: (error.file, error.line, error.column))),
        notices=tuple(one for query, said in described.items() for one in notices(query, said)),
        descriptions=tuple(described.values()),
    )


def _types(descriptions: Collection[Description]) -> list[Type]:
    return [part for said in descriptions for type_ in said.types for part in parts(type_)]


def _files(
    folder: Path, files: Sequence[SqlFile], bodies: Sequence[str], shared: str
) -> Iterator[tuple[Path, str]]:
    for package in sorted({file.path.parent for file in files} | ({folder} if files else set())):
        init = package / "__init__.py"
        if not init.exists() or header_of(init.read_text()):
            yield init, stamped("", "the .sql files beside it", "", "write your own in its place")
    for file, body in zip(files, bodies, strict=True):
        name = file.path.name
        yield file.target, stamped(body, name, file.text, f'change {name} and run "sqlkit compile"')
    if shared:
        change = 'change the schema and run "sqlkit compile"'
        yield folder / f"{TYPES_MODULE}.py", stamped(shared, "the database", "", change)


def _orphans(folder: Path, made: Mapping[Path, str], exclude: Collection[Path]) -> Iterator[Path]:
    for path in python_paths(folder, exclude):
        if path not in made and header_of(path.read_text()):
            yield path


def _stands(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


def _replace(files: Mapping[Path, str]) -> None:
    """Write all files beside their places first, then move them there, each in one step."""
    written: list[tuple[Path, Path]] = []
    try:
        for path, text in files.items():
            draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
            written.append((draft, path))
            draft.write_text(text, encoding="utf-8", newline="\n")
        for draft, path in written:
            draft.replace(path)
    finally:
        for draft, _ in written:
            draft.unlink(missing_ok=True)
