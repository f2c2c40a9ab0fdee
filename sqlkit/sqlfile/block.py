"""The comment lines directly below a header: its docstring and its options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from sqlkit.sqlfile.comment import check_doc
from sqlkit.sqlfile.options import Options
from sqlkit.sqlfile.section import HEADER
from sqlkit.sqlfile.tags import Tag, read_tag

if TYPE_CHECKING:
    from sqlkit.sqlfile.report import Report
    from sqlkit.sqlfile.tags import Said

_BLOCK = re.compile(rf"(?:(?:\r\n|\r|\n)[ \t]*+(?!{HEADER.pattern})--[^\r\n]*+)*")
_LINE = re.compile(
    r"--[ \t]*+(?:(?P<tag>@[^\s@]*+)[ \t]*+(?P<value>[^\r\n]*+)|(?P<text>[^\r\n]*+))"
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
    block = _BLOCK.match(report.source.text, start, end)
    stop = block.end() if block else start
    for found in _LINE.finditer(report.source.text, start, stop):
        tag, value, text = found.groups()
        if tag:
            read_tag(report, Tag(tag[1:], value.rstrip(), found.start("tag")), said)
        else:
            text = text.strip()
            doc.append(text.removeprefix("\\") if text.startswith("\\@") else text)
            check_doc(report, found)
    options = Options(**said, first_column=first_column) if said or first_column else _NO_OPTIONS
    return Block(stop, "\n".join(doc).strip(), options)
