"""A query's own text: from its tokens to lines of plain text and parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from sqlkit.sqlfile.conditions import Marker, gather, read_marker, refuse_alone
from sqlkit.sqlfile.lexer import COMMENTS, without_comments
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
_SPACE_OR_END = _SPACE + ";"
_SPANNING = frozenset({"string", "name", "dollar", "block"})
_WRONG = frozenset({"quoted", "field", "number"})
_FIRST_WORD = re.compile(r"[\s(;]*+([A-Za-z]*+)")


class Body(msgspec.Struct, frozen=True, gc=False):
    """A query's text, without the space around it.

    ``parameters`` are in the text's order; ``end`` is where the statement ends: before the final
    ``;`` and what comments follow. ``word`` is what it begins with, in lower case; "" if that is
    none. Places are offsets in the file.
    """

    start: int
    stop: int
    end: int
    word: str
    parameters: list[Parameter]
    markers: list[Marker]
    conditions: tuple[Condition, ...]
    lines: tuple[Line, ...]

    @property
    def names(self) -> dict[str, tuple[int, int]]:
        """Place and width of each name that a caller may say, where it first appears."""
        places = {c.name: (c.offset, len(c.name)) for c in self.conditions}
        for parameter in reversed(self.parameters):
            places[parameter.name] = (parameter.offset, len(parameter.name) + 1)
        return places


def read_body(report: Report, tokens: Sequence[Token], start: int, stop: int) -> Body:
    """The text of a query from its tokens; what is wrong with it is reported."""
    text = report.source.text
    stretch = text[start:stop].rstrip(_SPACE)
    stop = start + len(stretch)
    start = stop - len(stretch.lstrip(_SPACE))
    end = _end(text, tokens, start, stop)
    word = _first_word(text, tokens, start, end)
    parameters: list[Parameter] = []
    markers: list[Marker] = []
    names: dict[str, int] = {}
    if tokens:
        parameters = [
            Parameter(text[at + 1 : after], at) for kind, at, after in tokens if kind == "param"
        ]
        names = _check_names(report, parameters)
        _check_tokens(report, tokens, numbers=not parameters and word not in PLANNED)
        if "--?" in stretch:
            markers = _markers(report, tokens, start, stop)
    conditions = gather(report, markers, names) if markers else ()
    lines = tuple(cut_lines(text, start, stop, parameters, markers))
    return Body(start, stop, end, word, parameters, markers, conditions, lines)


def _end(text: str, tokens: Sequence[Token], start: int, stop: int) -> int:
    """Where a statement ends: what follows is white space, comments and semicolons."""
    for kind, begin, end in reversed(tokens):
        code = text[end:stop].rstrip(_SPACE_OR_END)
        if code or kind not in COMMENTS:
            return end + len(code)
        stop = begin
    return start + len(text[start:stop].rstrip(_SPACE_OR_END))


def _first_word(text: str, tokens: Sequence[Token], start: int, end: int) -> str:
    found = _FIRST_WORD.match(text, start, end)
    if found and not found[1] and tokens and tokens[0][1] == found.end():
        found = _FIRST_WORD.match(without_comments(text, tokens, start, end))
    return found[1].lower() if found else ""


def _check_names(report: Report, parameters: Sequence[Parameter]) -> dict[str, int]:
    """Where each name first appears; one that no argument can have is reported."""
    places: dict[str, int] = {}
    for parameter in parameters:
        if places.setdefault(parameter.name, parameter.offset) == parameter.offset:
            check_name(report, parameter)
    return places


def _check_tokens(report: Report, tokens: Sequence[Token], *, numbers: bool) -> None:
    """Report what looks like a parameter but isn't one; ``numbers``: whether ``$1`` may be."""
    for kind, start, end in tokens:
        if kind not in _WRONG:
            continue
        if kind == "quoted":
            refuse_quoted(report, start)
        elif kind == "field":
            refuse_field(report, start, end)
        elif not numbers:
            refuse_numbered(report, start, end)
            numbers = True


def _markers(report: Report, tokens: Sequence[Token], start: int, stop: int) -> list[Marker]:
    """The conditional lines' ends; none begins in a token that reaches over a line's end."""
    text = report.source.text
    markers: list[Marker] = []
    spanned = start
    for kind, begin, end in tokens:
        if kind == "comment":
            if (offset := text.rfind("--?", begin, end)) >= 0:
                line, after = report.source.line_span(begin)
                span = max(line, start), min(after, stop)
                if marker := _marker(report, (begin, offset, end), span, spanned):
                    markers.append(marker)
        elif kind in _SPANNING and LINE_END.search(text, begin, end):
            spanned = end
    return markers


def _marker(
    report: Report, comment: tuple[int, int, int], line: tuple[int, int], spanned: int
) -> Marker | None:
    """The marker that a comment ends in, from its second offset on, if it is right."""
    text, (start, offset, end) = report.source.text, comment
    if not text[line[0] : start].strip(_SPACE):
        if text.startswith("--?", start):
            refuse_alone(report, start, end)
        return None
    if line[0] < spanned:
        message = "a conditional line can't begin inside a string or comment"
        report.add(message, offset, end - offset)
        return None
    return read_marker(report, (offset, end), line)
