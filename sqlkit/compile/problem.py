"""What stands in the way of a query's function, and what is only worth knowing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlkit.describe.refusal import pointed
from sqlkit.errors import CompileError

if TYPE_CHECKING:
    from sqlkit.sqlfile import Query


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth knowing of a query that is compiled all the same."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"

    def as_dict(self) -> dict[str, str | int]:
        """The notice as ``--json`` prints it."""
        return {"file": self.file, "line": self.line, "message": self.message}


def problem(
    query: Query, message: str, *, option: tuple[str, ...] = (), hint: str | None = None
) -> CompileError:
    """An error that points at an option of the query's header, or at its name."""
    return pointed(CompileError, query, message, option, hint)
