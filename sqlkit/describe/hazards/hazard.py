"""A hazard at its place in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.errors import SourceError

if TYPE_CHECKING:
    from sqlkit.sqlfile import Place


class Hazard(SourceError):
    """Something in a query that PostgreSQL accepts and that is hardly meant.

    Shown as an error is, but never raised. ``rule`` is its name in `RULES`, ``query`` the full name
    of the query.
    """

    def __init__(
        self, rule: str, message: str, *, query: str, file: str, place: Place, hint: str
    ) -> None:
        super().__init__(
            message,
            file=file,
            line=place.line,
            column=place.column,
            source=place.source,
            width=place.width,
            hint=hint,
        )
        self.rule = rule
        self.query = query

    def __str__(self) -> str:
        first, newline, rest = super().__str__().partition("\n")
        return f"{first} [{self.rule}]{newline}{rest}"

    def as_dict(self) -> dict[str, str | int | None]:
        """The hazard as ``check --json`` prints it."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "rule": self.rule,
            "query": self.query,
            "message": self.message,
            "hint": self.hint,
        }
