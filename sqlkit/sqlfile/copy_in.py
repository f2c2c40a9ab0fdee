"""Which rows a ``:copy`` query takes: ``copy t (a, b) from stdin``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CopyIn:
    """A ``copy … from stdin``; table and columns as the file writes them, quoted or not."""

    table: str
    columns: tuple[str, ...]

    @property
    def select(self) -> str:
        """The select over the same columns, which tells their types."""
        return f"select {', '.join(self.columns)} from {self.table}"  # noqa: S608 -- the project's own text, from its file
