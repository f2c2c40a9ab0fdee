"""A query's own text: from its tokens to lines of plain text and parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlkit.sqlfile.conditions import Marker, gather, read_marker, refuse_alone
from sqlkit.sqlfile.line import Condition, Line, Parameter, cut_lines
from sqlkit.sqlfile.parameter import (
    PLANNED,
    check_field,
    check_name,
    refuse_numbered,
    refuse_quoted,
)
from sqlkit.sqlfile.source import LINE_END

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.sqlfile.lexer import Token
    from sqlkit.sqlfile.report import Report

_SPACE = " \t\n\r\f\v"
_SPANNING = frozenset({"string", "name", "dollar", "block"})
_FIRST_WORD = re.compile(r"[\s(]*+([A-Za-z]*)")


@dataclass(slots=True)
class Body:
    """A query's text, without the space around it.

    ``parameters`` are in the text's order; ``end`` is where the statement ends: before the final
    ``;`` and what comments follow. Places are offsets in the file.
    """

    start: int
    stop: int
    end: int
    parameters: list[Parameter] = field(default_factory=list[Parameter])
    markers: list[Marker] = field(default_factory=list[Marker])
    conditions: tuple[Condition, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def names(self) -> dict[str, tuple[int, int]]:
        """Place and width of each name that a caller may say, where it first appears."""
        places = {c.name: (c.offset, len(c.name)) for c in self.conditions}
        for parameter in reversed(self.parameters):
            places[parameter.name] = (parameter.offset, len(parameter.name) + 1)
        return places


def read_body(report: Report, tokens: Sequence[Token], start: int, stop: int) -> Body:
    """The text of a query from its tokens; what is wrong with it is reported."""
    text = report.source.text[start:stop]
    start += len(text) - len(text.lstrip(_SPACE))
    body = Body(start, start + len(text.strip(_SPACE)), start)
    _Reader(report, body).read(tokens)
    names = {parameter.name for parameter in body.parameters}
    body.conditions = gather(report, body.markers, names)
    body.lines = tuple(
        cut_lines(report.source.text, body.start, body.stop, body.parameters, body.markers)
    )
    return body


def first_word(report: Report, body: Body, tokens: Sequence[Token]) -> str:
    """The word that a statement begins with, in lower case; "" if it begins with none."""
    for kind, start, _ in tokens:
        if kind == "code" and start < body.end:
            found = _FIRST_WORD.match(report.source.text, start, body.end)
            return found[1].lower() if found else ""
    return ""


class _Reader:
    """Goes over a body's tokens once."""

    def __init__(self, report: Report, body: Body) -> None:
        self.report = report
        self.text = report.source.text
        self.body = body
        self.spanned = body.start
        self.named: set[str] = set()
        self.numbered: tuple[int, int] | None = None

    def read(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            kind, start, end = token
            if kind == "code":
                self.body.end = end
            elif kind == "param":
                self._param(start, end)
            elif kind == "comment":
                self._comment(start, end)
            elif kind in _SPANNING:
                self._span(kind, start, end)
            elif kind == "quoted":
                refuse_quoted(self.report, start)
            elif kind not in {"space", "end"}:
                self.body.end = end
                if kind == "number" and self.numbered is None:
                    self.numbered = (start, end)
        self._trim()
        if self.numbered and (
            self.body.parameters or first_word(self.report, self.body, tokens) in PLANNED
        ):
            refuse_numbered(self.report, *self.numbered)

    def _trim(self) -> None:
        code = self.text[self.body.start : self.body.end]
        self.body.end -= len(code) - len(code.rstrip(_SPACE))

    def _span(self, kind: str, start: int, end: int) -> None:
        """A token that may reach over a line's end, so that no conditional line begins in it."""
        if LINE_END.search(self.text, start, end):
            self.spanned = end
        if kind != "block":
            self.body.end = end

    def _param(self, start: int, end: int) -> None:
        name = self.text[start + 1 : end]
        self.body.end = end
        self.body.parameters.append(Parameter(name, start))
        if name not in self.named:
            self.named.add(name)
            check_name(self.report, name, start)
        if self.text.startswith(".", end):
            check_field(self.report, name, start, end)

    def _comment(self, start: int, end: int) -> None:
        if self.text.find("--?", start, end) < 0:
            return
        line_start = max(self.report.source.line_start(start), self.body.start)
        alone = not self.text[line_start:start].strip(_SPACE)
        marker = start if alone else self.text.rfind("--?", start, end)
        if marker < 0 or not self.text.startswith("--?", marker):
            return
        if alone:
            refuse_alone(self.report, start, end)
        elif line_start < self.spanned:
            message = "a conditional line can't begin inside a string or comment"
            self.report.add(message, marker, end - marker)
        else:
            found = LINE_END.match(self.text, end)
            line = (line_start, min(found.end() if found else end, self.body.stop))
            if read := read_marker(self.report, marker, line, end):
                self.body.markers.append(read)
