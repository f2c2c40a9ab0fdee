"""The way from a file's text to its queries."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlkit.sqlfile import aiosql
from sqlkit.sqlfile.block import Block, read_block
from sqlkit.sqlfile.body import Body, read_body
from sqlkit.sqlfile.check import check_kind, check_options
from sqlkit.sqlfile.comment import check_comments
from sqlkit.sqlfile.copy_in import CopyIn, check_streamed, read_copy_in
from sqlkit.sqlfile.flags import check_flags
from sqlkit.sqlfile.header import Header, read_header
from sqlkit.sqlfile.lexer import without_comments
from sqlkit.sqlfile.query import Query
from sqlkit.sqlfile.report import FullError, Report
from sqlkit.sqlfile.section import Section, sections
from sqlkit.sqlfile.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.errors import SqlFileError
    from sqlkit.sqlfile.lexer import Token

_CODE = re.compile(r"[^ \t\n\r\f\v]++[^\r\n]*+")
_LEADING = re.compile(r"(?:[ \t]*+--[^\r\n]*+(?:\r\n|\r|\n)?)*")
_LINE = re.compile(r"--([^\r\n]*+)")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds: its sound queries, every error, and its leading comment.

    ``queries`` are in the file's order, ``errors`` too; a query with an error is not among them.
    """

    queries: tuple[Query, ...]
    errors: tuple[SqlFileError, ...]
    doc: str = ""


def read(text: str, *, file: str = "x.sql", module: str = "") -> Parsed:
    """Read the text of a ``.sql`` file; ``module`` is what its queries' full names begin with.

    Raises nothing: what is wrong is in `Parsed.errors`. After a thousand it reads no further.
    """
    return _File(Source(file, text.removeprefix("\ufeff")), module).read()


def parse(text: str, file: str = "x.sql") -> tuple[Query, ...]:
    """The queries of a ``.sql`` file.

    Raises the first `SqlFileError` there is, with a note for each other one.
    """
    parsed = read(text, file=file)
    if not parsed.errors:
        return parsed.queries
    first, *others = parsed.errors
    for other in others:
        first.add_note(f"also {file}:{other.line}:{other.column}: {other.message}")
    raise first


class _File:
    """Reads one file."""

    def __init__(self, source: Source, module: str) -> None:
        self.source = source
        self.module = module
        self.report = Report(source)
        self.first_said: dict[str, int] = {}

    def read(self) -> Parsed:
        queries: list[Query] = []
        doc = ""
        with suppress(FullError):
            found = sections(self.report)
            leading = next(found)
            self._check_characters(leading)
            doc = self._doc(leading)
            self._check_leading(leading)
            queries.extend(query for query in map(self._query, found) if query)
            if not self.first_said:
                self._refuse_empty()
        return Parsed(tuple(queries), self.report.errors, doc)

    def _check_characters(self, section: Section) -> None:
        nul = self.source.text.find("\0", section.start, section.end)
        if nul >= 0:
            self.report.add("PostgreSQL has no text with a NUL character in it", nul)

    def _refuse_empty(self) -> None:
        if not self.report.count:
            hint = "a query begins with a header, such as -- name: get_user :one"
            self.report.add("this file has no query", 0, hint=hint)

    def _check_leading(self, section: Section) -> None:
        check_comments(self.report, section.tokens)
        stop = section.end if section.open is None else section.open
        if found := _CODE.search(without_comments(self.source.text, section.tokens, 0, stop)):
            self.report.add(
                "this stands before the first header, so no query has it",
                found.start(),
                len(found.group().rstrip()),
                hint="begin with a header, such as -- name: get_user :one",
            )

    def _doc(self, section: Section) -> str:
        """The file's first comment lines, up to an empty one."""
        leading = _LEADING.match(self.source.text, 0, section.end)
        lines = _LINE.findall(leading.group()) if leading else []
        return "\n".join(map(str.strip, lines)).strip()

    def _query(self, section: Section) -> Query | None:
        before = self.report.count
        _, start, end = section.tokens[0]
        self._check_characters(section)
        header = read_header(self.report, start, end)
        self._check_duplicate(header)
        block = read_block(self.report, end, section.end, first_column=header.first_column)
        if section.open is not None:
            return None
        query = self._read(section, header, block)
        return query if self.report.count == before else None

    def _check_duplicate(self, header: Header) -> None:
        first = self.first_said.setdefault(header.name, header.offset)
        if first != header.offset:
            self.report.add(
                f"there is a query {header.name} already, in line {self.source.line(first)}",
                header.offset,
                header.width,
            )

    def _read(self, section: Section, header: Header, block: Block) -> Query:
        tokens = [token for token in section.tokens if token[1] >= block.end]
        body = read_body(self.report, tokens, block.end, section.end)
        if body.end == body.start:
            self.report.add(f"{header.name} has no SQL", header.offset, header.width)
        check_kind(self.report, header, body)
        check_options(self.report, header, block.options, body)
        check_flags(self.report, block.options, body)
        check_comments(self.report, tokens)
        if header.listed is not None:
            aiosql.check_list(self.report, header.listed, body.names)
        if header.aiosql:
            aiosql.check_percent(self.report, tokens, body.start, body.stop)
        return Query(
            name=header.name,
            kind=header.kind,
            doc=block.doc,
            options=block.options,
            lines=body.lines,
            conditions=body.conditions,
            copy=self._copy_in(header, body, tokens),
            module=self.module,
            offset=header.offset,
            width=header.width,
            end=body.end,
            source=self.source,
        )

    def _copy_in(self, header: Header, body: Body, tokens: Sequence[Token]) -> CopyIn | None:
        if body.word != "copy":
            return None
        if header.kind == "copy":
            return read_copy_in(self.report, body, tokens)
        check_streamed(self.report, body, tokens)
        return None
