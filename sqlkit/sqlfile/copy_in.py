"""Which rows a ``:copy`` query takes: ``copy t (a, b) from stdin``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlkit.sqlfile.lexer import WORD, without_comments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.sqlfile.body import Body
    from sqlkit.sqlfile.lexer import Token
    from sqlkit.sqlfile.report import Report

_NAME = rf'(?:{WORD}|"(?:[^"]|"")++")'
_TABLE = rf"{_NAME}(?:\s*+\.\s*+{_NAME})*"
_COPY = re.compile(
    rf"copy(?=[\s\"])\s*+(?P<table>{_TABLE})\s*+"
    rf"(?P<columns>\((?P<list>\s*+{_NAME}(?:\s*+,\s*+{_NAME})*)\s*+\))?\s*+"
    r"(?P<from>from\s++stdin\b)?\s*+(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_EACH_NAME = re.compile(_NAME)
_STREAMED = re.compile(r"\b(?:from\s++stdin|to\s++stdout)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CopyIn:
    """A ``copy … from stdin``; table and columns as the file writes them, quoted or not."""

    table: str
    columns: tuple[str, ...]

    @property
    def select(self) -> str:
        """The select over the same columns, which tells their types."""
        return f"select {', '.join(self.columns)} from {self.table}"  # noqa: S608 -- the project's own text, from its file


def read_copy_in(report: Report, body: Body, tokens: Sequence[Token]) -> CopyIn | None:
    """What a ``:copy`` query's ``copy`` command says; what is wrong with it is reported."""
    found = _COPY.match(without_comments(report.source.text, tokens, body.start, body.end))
    if found is None or not found["from"]:
        report.add(
            "of copy commands, :copy knows copy t (a, b) from stdin alone",
            body.start,
            4,
            hint="to read rows, write the select itself; a file on the server is for :exec",
        )
    elif not found["columns"]:
        report.add(
            f"copy {found['table']} doesn't say its columns, which the next migration may change",
            body.start + found.start("table"),
            len(found["table"]),
            hint=f"copy {found['table']} (a, b) from stdin",
        )
    elif found["rest"]:
        report.add(
            "a :copy query has no options: its rows are sent in binary",
            body.start + found.start("rest"),
            len(found["rest"]),
        )
    elif body.conditions:
        offset = body.conditions[0].offset
        report.add("copy from stdin can't have conditional lines", offset)
    else:
        return CopyIn(found["table"], tuple(_EACH_NAME.findall(found["list"])))
    return None


def check_streamed(report: Report, body: Body, tokens: Sequence[Token]) -> None:
    """Report a ``copy`` command over the connection in a query of another kind."""
    found = _STREAMED.search(without_comments(report.source.text, tokens, body.start, body.end))
    if found:
        report.add(
            "only a :copy query can copy to or from the program that runs it",
            body.start + found.start(),
            len(found.group()),
            hint="say :copy, with copy t (a, b) from stdin, or with the select to read",
        )
