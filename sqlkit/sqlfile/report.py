"""What is wrong with a file, gathered while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlkit.errors import SqlFileError
    from sqlkit.sqlfile.source import Source

# Nobody reads more; and a file of nothing but mistakes would take long.
_MOST_ERRORS = 1000
_MOST_HINTS = 50
_MOST_CANDIDATES = 200
_LONGEST_WORD = 60


class FullError(Exception):
    """There are so many errors that reading on makes no sense."""


@dataclass(slots=True)
class Report:
    """The errors of one file."""

    source: Source
    _errors: list[tuple[int, SqlFileError]] = field(
        default_factory=list["tuple[int, SqlFileError]"]
    )

    @property
    def count(self) -> int:
        """How many errors there are so far."""
        return len(self._errors)

    def add(self, message: str, offset: int, width: int = 1, hint: str | None = None) -> None:
        """Note an error that points at ``width`` characters from ``offset``.

        Raises `FullError` at the thousandth.
        """
        self._errors.append((offset, self.source.error(message, offset, width, hint)))
        if self.count == _MOST_ERRORS:
            message = f"{_MOST_ERRORS:,} errors are enough: what follows here is not read"
            self._errors.append((offset, self.source.error(message, offset)))
            raise FullError

    def did_you_mean(self, word: str, known: Iterable[str], form: str = "{}") -> str | None:
        """A hint that names the nearest of the known words, if one is near; ``form`` spells it."""
        if self.count > _MOST_HINTS:
            return None
        candidates = list(islice(known, _MOST_CANDIDATES))
        found = get_close_matches(word[:_LONGEST_WORD].lower(), candidates, n=1)
        return f"did you mean {form.format(found[0])}?" if found else None

    @property
    def errors(self) -> tuple[SqlFileError, ...]:
        """The errors in the file's order."""
        return tuple(error for _, error in sorted(self._errors, key=lambda pair: pair[0]))
