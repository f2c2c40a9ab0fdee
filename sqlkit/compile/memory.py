"""What compiling keeps of one time for the next, for whoever compiles again and again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlkit.describe import Description, Known, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from sqlkit.compile.module import Module
    from sqlkit.compile.source import SqlFile
    from sqlkit.errors import SourceError
    from sqlkit.sqlfile import Parsed, Query


@dataclass(slots=True)
class Memory:
    """Files as they were read, descriptions and modules' texts of one schema.

    Each is used again only where all that it is made from is the same.
    """

    known: Known = field(default_factory=Known)
    _parsed: dict[str, tuple[SqlFile, Parsed]] = field(
        default_factory=dict[str, tuple["SqlFile", "Parsed"]]
    )
    _texts: dict[str, tuple[object, str]] = field(default_factory=dict[str, tuple[object, str]])

    def parsed(self, file: SqlFile) -> Parsed:
        """The queries and errors of a file."""
        before, parsed = self._parsed.get(file.file, (None, None))
        if parsed is None or before != file:
            parsed = file.parsed()
            self._parsed[file.file] = file, parsed
        return parsed

    def described(
        self, connection: psycopg.Connection[Any], queries: Sequence[Query], *, hazards: bool
    ) -> list[Description | SourceError]:
        """As `sqlkit.describe.describe`; hazards are looked for anew each time."""
        if hazards:
            return describe(connection, queries, hazards=True)
        return self.known.describe(connection, queries)

    def source(self, module: Module) -> str:
        """The text of a module; it has no errors if that is not empty."""
        made_from = _made_from(module)
        before, text = self._texts.get(module.file, (None, ""))
        if before != made_from:
            text = module.source()
            self._texts[module.file] = made_from if text else None, text
        return text


def _made_from(module: Module) -> object:
    return (
        module.doc,
        module.described,
        [module.rows.get(query) for query, _ in module.described],
        dict(module.types),
        module.settings,
        module.depth,
        set(module.local),
    )
