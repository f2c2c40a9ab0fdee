"""The comment lines directly below a header: its docstring and its options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from sqlkit.sqlfile import aiosql
from sqlkit.sqlfile.conditions import refuse_alone
from sqlkit.sqlfile.header import check_near_miss
from sqlkit.sqlfile.options import Options
from sqlkit.sqlfile.section import HEADER
from sqlkit.sqlfile.tags import Tag, read_tag

if TYPE_CHECKING:
    from sqlkit.sqlfile.report import Report
    from sqlkit.sqlfile.tags import Said

_LINE = re.compile(
    rf"(?:\r\n|\r|\n)[ \t]*+(?!{HEADER.pattern})"
    r"(?P<comment>--[ \t]*+(?:(?P<tag>@[^\s@]*+)[ \t]*+(?P<value>[^\r\n]*+)|(?P<text>[^\r\n]*+)))"
)
_NO_OPTIONS = Options()


class Block(msgspec.Struct, frozen=True, gc=False):
    """The comment lines directly below a header; ``end`` is where the last one ends."""

    end: int
    doc: str
    options: Options


def read_block(report: Report, start: int, end: int, *, first_column: bool) -> Block:
    """The comment lines below the header that ends at ``start``."""
    doc: list[str] = []
    said: Said = {}
    while found := _LINE.match(report.source.text, start, end):
        start = found.end()
        if tag := found["tag"]:
            value = found["value"].rstrip()
            read_tag(report, Tag(tag[1:], value, found.start("tag")), said)
        else:
            text = found["text"].strip()
            doc.append(text.removeprefix("\\") if text.startswith("\\@") else text)
            _check_text(report, found.start("comment"), start)
    options = Options(**said, first_column=first_column) if said or first_column else _NO_OPTIONS
    return Block(start, "\n".join(doc).strip(), options)


def _check_text(report: Report, start: int, end: int) -> None:
    """Report a line of the docstring that was meant for something else."""
    if report.source.text.startswith("--?", start):
        refuse_alone(report, start, end)
    check_near_miss(report, start, end)
    aiosql.check_record_class(report, start, end)
