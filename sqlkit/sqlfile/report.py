"""What is wrong with a file, gathered while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlkit.errors import SqlFileError
    from sqlkit.sqlfile.source import Source

# Nobody reads more; and a file of nothing but mistakes would take long.
_MOST_ERRORS = 1000
_MOST_CANDIDATES = 200
_LONGEST_WORD = 60


@dataclass(slots=True)
class Report:
    """The errors of one file. ``count`` goes on counting where ``errors`` is full."""

    source: Source
    count: int = 0
    _errors: list[tuple[int, SqlFileError]] = field(
        default_factory=list["tuple[int, SqlFileError]"]
    )

    def add(self, message: str, offset: int, width: int = 1, hint: str | None = None) -> None:
        """Note an error that points at ``width`` characters from ``offset``."""
        self.count += 1
        if self.count <= _MOST_ERRORS:
            self._errors.append((offset, self.source.error(message, offset, width, hint)))

    @property
    def errors(self) -> tuple[SqlFileError, ...]:
        """The errors in the file's order."""
        return tuple(error for _, error in sorted(self._errors, key=lambda pair: pair[0]))


def did_you_mean(word: str, known: Iterable[str], form: str = "{}") -> str | None:
    """A hint that names the nearest of the known words, if one is near; ``form`` spells it."""
    candidates = list(known)[:_MOST_CANDIDATES]
    found = get_close_matches(word[:_LONGEST_WORD].lower(), candidates, n=1)
    return f"did you mean {form.format(found[0])}?" if found else None
