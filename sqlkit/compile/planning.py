"""Reading a folder, asking the server, and writing every module in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlkit.compile.header import header_of, stamped
from sqlkit.compile.memory import Memory
from sqlkit.compile.module import Module
from sqlkit.compile.names import ROWS_MODULE, TYPES_MODULE, type_names
from sqlkit.compile.notice import notices
from sqlkit.compile.plan import Plan
from sqlkit.compile.settings import Settings
from sqlkit.compile.shared import shared_source
from sqlkit.compile.shared_rows import shared_rows_source
from sqlkit.compile.sharing import share
from sqlkit.compile.source import SqlFile, load, local_modules, python_paths
from sqlkit.describe import Description
from sqlkit.describe.types import parts
from sqlkit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import psycopg

    from sqlkit.describe.types import Type
    from sqlkit.sqlfile import Parsed, Query

_DEFAULTS = Settings()
_SOURCES = {
    TYPES_MODULE: ("the database", "the schema"),
    ROWS_MODULE: ("the .sql files of the package", "them"),
}


def plan(
    connection: psycopg.Connection[Any],
    root: Path,
    folder: Path,
    settings: Settings = _DEFAULTS,
    exclude: Collection[Path] = (),
    *,
    hazards: bool = False,
    memory: Memory | None = None,
) -> Plan:
    """Read and describe the ``.sql`` files of a folder, and write their modules in memory.

    ``root`` is what files are named from in messages and sources; ``exclude`` are folders that
    belong to other databases; ``hazards``: look for these too; ``memory``: what is kept from one
    time to the next on one schema. Reads files and asks the server; changes neither.
    """
    memory = memory or Memory()
    files, errors = load(root, folder, exclude)
    asked = _ask(connection, files, memory, hazards=hazards)
    errors += asked.errors
    bodies, shared, wrong = _sources(files, asked, settings, local_modules(root), memory)
    errors += wrong
    made = dict(_files(folder, files, bodies, shared)) if not errors else {}
    return Plan(
        folder=folder,
        files=made,
        removed=tuple(_orphans(folder, made, exclude)) if not errors else (),
        errors=tuple(sorted(errors, key=lambda error: (error.file, error.line, error.column))),
        notices=tuple(
            one for query, said in asked.described.items() for one in notices(query, said)
        ),
        descriptions=tuple(asked.described.values()),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the files hold, and what the server says of it."""

    parsed: Sequence[Parsed]
    described: Mapping[Query, Description]
    errors: Sequence[SourceError]


def _ask(
    connection: psycopg.Connection[Any], files: Sequence[SqlFile], memory: Memory, *, hazards: bool
) -> _Asked:
    parsed = [memory.parsed(file) for file in files]
    queries = [query for one in parsed for query in one.queries]
    answers = memory.described(connection, queries, hazards=hazards)
    described = {
        query: said
        for query, said in zip(queries, answers, strict=True)
        if isinstance(said, Description)
    }
    errors: list[SourceError] = [error for one in parsed for error in one.errors]
    errors += [said for said in answers if isinstance(said, SourceError)]
    return _Asked(parsed, described, errors)


def _sources(
    files: Sequence[SqlFile],
    asked: _Asked,
    settings: Settings,
    local: Collection[str],
    memory: Memory,
) -> tuple[list[str], dict[str, str], Sequence[SourceError]]:
    """The bodies of the files' modules, those of the shared ones, and what is wrong in them."""
    described = asked.described
    rows = share(described, settings)
    types = _types(described.values())
    names = type_names(types)
    modules = [
        Module(
            file=file.file,
            doc=one.doc,
            described=[(query, described[query]) for query in one.queries if query in described],
            rows=rows.classes,
            types=names,
            settings=settings,
            depth=file.module.count("."),
            local=local,
        )
        for file, one in zip(files, asked.parsed, strict=True)
    ]
    bodies = [memory.source(module) for module in modules]
    nulls = settings.null_elements
    shared = {
        TYPES_MODULE: shared_source(types, names, null_elements=nulls, local=local),
        ROWS_MODULE: shared_rows_source(rows.shared, names, null_elements=nulls, local=local),
    }
    errors = [*rows.errors, *(error for module in modules for error in module.errors)]
    return bodies, shared, errors


def _types(descriptions: Collection[Description]) -> list[Type]:
    return [part for said in descriptions for type_ in said.types for part in parts(type_)]


def _files(
    folder: Path, files: Sequence[SqlFile], bodies: Sequence[str], shared: Mapping[str, str]
) -> Iterator[tuple[Path, str]]:
    for package in sorted({file.path.parent for file in files} | ({folder} if files else set())):
        init = package / "__init__.py"
        if not init.exists() or header_of(init.read_text()):
            yield init, stamped("", "the .sql files beside it", "", "write your own in its place")
    for file, body in zip(files, bodies, strict=True):
        name = file.path.name
        yield file.target, stamped(body, name, file.text, f'change {name} and run "sqlkit compile"')
    for name, body in shared.items():
        if body:
            source, change = _SOURCES[name]
            text = stamped(body, source, "", f'change {change} and run "sqlkit compile"')
            yield folder / f"{name}.py", text


def _orphans(folder: Path, made: Mapping[Path, str], exclude: Collection[Path]) -> Iterator[Path]:
    for path in python_paths(folder, exclude):
        if path not in made and header_of(path.read_text()):
            yield path
