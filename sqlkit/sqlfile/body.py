"""A query's own text: from its tokens to lines of plain text and parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlkit.sqlfile.conditions import Marker, gather, read_marker, refuse_alone
from sqlkit.sqlfile.line import Condition, Line, Parameter, cut_lines
from sqlkit.sqlfile.parameter import (
    PLANNED,
    check_name,
    refuse_field,
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
_NO_CODE = frozenset({"space", "comment", "block", "end"})
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
    body.end = _end(report, body, tokens)
    body.parameters = _parameters(report, tokens)
    _check_tokens(report, body, tokens)
    body.markers = _markers(report, body, tokens)
    names = {parameter.name for parameter in body.parameters}
    body.conditions = gather(report, body.markers, names)
    lines = cut_lines(report.source.text, body.start, body.stop, body.parameters, body.markers)
    body.lines = tuple(lines)
    return body


def _end(report: Report, body: Body, tokens: Sequence[Token]) -> int:
    for kind, start, end in reversed(tokens):
        if kind == "code":
            code = report.source.text[max(start, body.start) : end]
            return end - len(code) + len(code.rstrip(_SPACE))
        if kind not in _NO_CODE:
            return end
    return body.start


def _parameters(report: Report, tokens: Sequence[Token]) -> list[Parameter]:
    text = report.source.text
    parameters = [
        Parameter(text[start + 1 : end], start) for kind, start, end in tokens if kind == "param"
    ]
    places: dict[str, int] = {}
    for parameter in parameters:
        if places.setdefault(parameter.name, parameter.offset) == parameter.offset:
            check_name(report, parameter)
    return parameters


def _check_tokens(report: Report, body: Body, tokens: Sequence[Token]) -> None:
    """Report what looks like a parameter but isn't one."""
    numbered: tuple[int, int] | None = None
    for kind, start, end in tokens:
        if kind == "quoted":
            refuse_quoted(report, start)
        elif kind == "field":
            refuse_field(report, start, end)
        elif kind == "number" and numbered is None:
            numbered = (start, end)
    if numbered and (body.parameters or first_word(report, body, tokens) in PLANNED):
        refuse_numbered(report, *numbered)


def _markers(report: Report, body: Body, tokens: Sequence[Token]) -> list[Marker]:
    """The conditional lines' ends; none begins in a token that reaches over a line's end."""
    text = report.source.text
    markers: list[Marker] = []
    spanned = body.start
    for kind, start, end in tokens:
        if kind == "comment":
            if text.find("--?", start, end) >= 0:
                markers += _marker(report, body, (start, end), spanned)
        elif kind in _SPANNING and LINE_END.search(text, start, end):
            spanned = end
    return markers


def _marker(
    report: Report, body: Body, comment: tuple[int, int], spanned: int
) -> tuple[Marker, ...]:
    """The marker in a comment, if it has one and that is right."""
    text, (start, end) = report.source.text, comment
    line_start = max(report.source.line_start(start), body.start)
    if not text[line_start:start].strip(_SPACE):
        if text.startswith("--?", start):
            refuse_alone(report, start, end)
        return ()
    offset = text.rfind("--?", start, end)
    if line_start < spanned:
        message = "a conditional line can't begin inside a string or comment"
        report.add(message, offset, end - offset)
        return ()
    after = LINE_END.match(text, end)
    line_end = min(after.end() if after else end, body.stop)
    marker = read_marker(report, (offset, end), (line_start, line_end))
    return (marker,) if marker else ()


def first_word(report: Report, body: Body, tokens: Sequence[Token]) -> str:
    """The word that a statement begins with, in lower case; "" if it begins with none."""
    for kind, start, _ in tokens:
        if kind == "code" and start < body.end:
            found = _FIRST_WORD.match(report.source.text, start, body.end)
            return found[1].lower() if found else ""
    return ""
