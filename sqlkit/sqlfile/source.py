"""The text of a file, and where in it a character stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from sqlkit.errors import SqlFileError

# Only what PostgreSQL's own lexer takes for a line end: str.splitlines knows more.
LINE_END = re.compile(r"\r\n|\r|\n")


class Place(NamedTuple):
    """A place in a file: ``line`` and ``column`` from 1, the line's text, the caret's ``width``."""

    line: int
    column: int
    source: str
    width: int = 1


@dataclass(frozen=True, eq=False, repr=False)
class Source:
    """A file's text (without its byte order mark) and where its lines start."""

    file: str
    text: str
    _lines: dict[int, str] = field(init=False, default_factory=dict[int, str])

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins; only asked for when a place is."""
        return [0, *[end.end() for end in LINE_END.finditer(self.text)]]

    def line(self, offset: int) -> int:
        """The number, from 1, of the line that holds a character."""
        return bisect_right(self.starts, offset)

    def line_start(self, offset: int) -> int:
        """Where the line that holds a character begins."""
        return self.line_span(offset)[0]

    def line_span(self, offset: int) -> tuple[int, int]:
        """Where the line that holds a character begins and where, line end included, it ends."""
        line = bisect_right(self.starts, offset)
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        return self.starts[line - 1], end

    def begins_line(self, offset: int) -> bool:
        """Whether a character is the first of its line."""
        return offset == 0 or self.text[offset - 1] in "\r\n"

    def is_first(self, offset: int) -> bool:
        """Whether only white space stands before a character in its line."""
        return not self.text[self.line_start(offset) : offset].strip(" \t\f\v")

    def line_text(self, line: int) -> str:
        """The text of a line without its end; one object however often it is asked for."""
        if line not in self._lines:
            start, end = self.line_span(self.starts[line - 1])
            self._lines[line] = self.text[start:end].rstrip("\r\n")
        return self._lines[line]

    def place(self, offset: int, width: int = 1) -> Place:
        """The place of a character; the caret stays within the line."""
        offset = min(max(offset, 0), len(self.text))
        line = self.line(offset)
        column = offset - self.starts[line - 1] + 1
        text = self.line_text(line)
        return Place(line, column, text, max(1, min(width, len(text) - column + 1)))

    def error(
        self, message: str, offset: int, width: int = 1, hint: str | None = None
    ) -> SqlFileError:
        """An error that points at ``width`` characters from ``offset``."""
        place = self.place(offset, width)
        return SqlFileError(
            message,
            file=self.file,
            line=place.line,
            column=place.column,
            source=place.source,
            width=place.width,
            hint=hint,
        )

    def __repr__(self) -> str:
        return f"<Source {self.file}>"
