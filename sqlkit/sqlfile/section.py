"""A file cut at its headers: what is before the first, then one stretch for each query."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from sqlkit.sqlfile.lexer import Token, UnclosedError, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.sqlfile.report import Report

HEADER = re.compile(r"--[ \t]*+name[ \t]*+:")
# It begins with plain text, which is found fast, and looks back from there.
_HEADER_LINE = re.compile(r"--(?<![^\r\n]--)[ \t]*+name[ \t]*+:")
_SPANNING = frozenset({"string", "name", "dollar", "block"})
_WHAT = {"'": "string", '"': "quoted name", "$": "dollar quote", "*": "comment"}


class Section(msgspec.Struct):
    """A stretch of the file; its first token is the header, but in the one before any header.

    ``open`` is where a string or comment begins that is left open in it.
    """

    start: int
    end: int = 0
    tokens: list[Token] = msgspec.field(default_factory=list[Token])
    open: int | None = None


def sections(report: Report) -> Iterator[Section]:
    """The file's sections, the one before the first header first.

    A string left open is closed by the next quote, somewhere in a later query, and what is left
    over at the end of the file is then unclosed. So the one to blame is the first of that section
    that a header stands in, if there is one. From there on each header-like line is taken for a
    header, lest one slip hides every query below.
    """
    text = report.source.text
    headers = {found.start() for found in _HEADER_LINE.finditer(text)}
    section = Section(0)
    try:
        for token in tokens(text, 0, len(text)):
            if token[1] in headers and token[0] == "comment":
                section.end = token[1]
                yield section
                section = Section(token[1])
            section.tokens.append(token)
    except UnclosedError as unclosed:
        start = _blame(report, section, unclosed)
        yield section
        yield from _rest(report, start)
    else:
        section.end = len(text)
        yield section


def _blame(report: Report, section: Section, unclosed: UnclosedError) -> int:
    """Report what was left open in a section, and end it there; where to read on."""
    text = report.source.text
    suspects = [(start, end) for kind, start, end in section.tokens if kind in _SPANNING]
    for start, end in [*suspects, (unclosed.start, len(text))]:
        if header := _HEADER_LINE.search(text, start, end):
            _report(report, start, report.source.line(header.start()))
            section.end, section.open = header.start(), start
            break
    else:
        _report(report, unclosed.start, None)
        section.end, section.open = len(text), unclosed.start
    return section.end


def _report(report: Report, start: int, header: int | None) -> None:
    opening = re.match(r"/\*|\$[^$]*\$|[A-Za-z&]*['\"]", report.source.text[start : start + 64])
    text = opening.group() if opening else "$"
    kind = _WHAT["*" if text == "/*" else text[0] if text[0] == "$" else text[-1]]
    where = f"the header in line {header}" if header else "the end of the file"
    report.add(f"this {kind} is still open at {where}", start, len(text))


def _rest(report: Report, start: int) -> Iterator[Section]:
    text = report.source.text
    starts = [found.start() for found in _HEADER_LINE.finditer(text, start)]
    for begin, end in pairwise([*starts, len(text)]):
        section = Section(begin, end)
        try:
            section.tokens.extend(tokens(text, begin, end))
        except UnclosedError as unclosed:
            _report(report, unclosed.start, None if end == len(text) else report.source.line(end))
            section.open = unclosed.start
        yield section
