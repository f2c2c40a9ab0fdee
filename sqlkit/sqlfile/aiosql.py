"""What only files written for aiosql have: suffixes, parameter lists, doubled percent signs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sqlkit.sqlfile.lexer import without_comments

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlkit.sqlfile.lexer import Token
    from sqlkit.sqlfile.line import Kind
    from sqlkit.sqlfile.report import Report

# Kind, and whether only the first column's value is meant. ``*!`` runs many times: with ``batch``.
SUFFIXES: dict[str, tuple[Kind, bool]] = {
    "^": ("maybe", False),
    "<!": ("maybe", False),
    "$": ("maybe", True),
    "!": ("affected", False),
    "*!": ("affected", False),
    "#": ("script", False),
}
_LISTED = re.compile(r"[^\s,()]+")
_DOUBLED = re.compile(r"%%++")
_RECORD_CLASS = re.compile(r"--[ \t]*+record_class[ \t]*+:[ \t]*+(\w*)")


class Listed(NamedTuple):
    """A name in a header's parameter list, and its place in the file."""

    name: str
    offset: int


def listed(text: str | None, offset: int) -> tuple[Listed, ...] | None:
    """The names in a header's parameter list, None without one."""
    if text is None:
        return None
    return tuple(Listed(found.group(), offset + found.start()) for found in _LISTED.finditer(text))


def check_list(report: Report, names: Sequence[Listed], used: dict[str, tuple[int, int]]) -> None:
    """Report names that only the header or only the text has; ``used``: place and width."""
    for name, offset in names:
        if name not in used:
            report.add(
                f"{name} is listed as a parameter, but the query has none of this name",
                offset,
                len(name),
                hint=report.did_you_mean(name, used),
            )
    known = {name for name, _ in names}
    for name, (offset, width) in used.items():
        if name not in known:
            report.add(
                f"{name} is not in the header's list of parameters",
                offset,
                width,
                hint="add it there, or leave the list away: the text says its parameters itself",
            )


def check_percent(report: Report, tokens: Iterable[Token], start: int, stop: int) -> None:
    """Report ``%%``, which psycopg needed and which here means two percent signs."""
    text = report.source.text
    if text.find("%%", start, stop) < 0:
        return
    for found in _DOUBLED.finditer(without_comments(text, tokens, start, stop)):
        report.add(
            "%% is two percent signs here: nothing needs doubling any more",
            start + found.start(),
            2,
            hint="write %, or, if two are meant, say the kind with a word, such as :many",
        )


def check_record_class(report: Report, start: int, end: int) -> None:
    """Report aiosql's ``-- record_class: Name``."""
    if found := _RECORD_CLASS.match(report.source.text, start, end):
        report.add(
            "record_class is aiosql's: sqlkit makes the class itself, from what the server says",
            start,
            end - start,
            hint=f"name it with -- @row {found[1] or 'Name'}",
        )
