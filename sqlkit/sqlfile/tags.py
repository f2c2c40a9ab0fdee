"""The comment lines directly below a header: its docstring and its options."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from sqlkit.sqlfile import aiosql
from sqlkit.sqlfile.conditions import refuse_alone
from sqlkit.sqlfile.duration import seconds
from sqlkit.sqlfile.header import check_near_miss
from sqlkit.sqlfile.names import fault
from sqlkit.sqlfile.options import ColumnOption, Options, ParamOption
from sqlkit.sqlfile.report import did_you_mean
from sqlkit.sqlfile.section import HEADER

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from sqlkit.sqlfile.report import Report

_LINE = re.compile(rf"(?:\r\n|\r|\n)[ \t]*+(?!{HEADER.pattern})(?P<comment>--[^\r\n]*+)")
_TAG = re.compile(r"--[ \t]*+@(?P<word>[^\s@]*+)[ \t]*+(?P<value>[^\r\n]*)")
# A name as PostgreSQL has it, or any word: whether a column is called so, only the server knows.
_MARKED = re.compile(r"(?P<name>[^\s!?]++)(?P<mark>[!?]?)(?:[ \t]++(?P<doc>.*))?")
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_NULLABLE = {"!": False, "?": True, "": None}


class Tag(NamedTuple):
    """An ``@word value`` and its place in the file."""

    word: str
    value: str
    offset: int

    @property
    def width(self) -> int:
        """The number of characters from the ``@`` to the end of the value, if that is near."""
        return len(self.word) + 1 + (len(self.value) + 1 if self.value else 0)

    @property
    def key(self) -> tuple[str, ...]:
        """What may be said only once: the tag, or the tag for one parameter or column."""
        if self.word in _OF_ONE:
            return (self.word, *re.split(r"[\s!?]", self.value, maxsplit=1)[:1])
        return (self.word,)


_Read: TypeAlias = "Callable[[Report, Tag, Options], Options]"


@dataclass(slots=True)
class Block:
    """The comment lines directly below a header; ``end`` is where the last one ends."""

    end: int
    options: Options = field(default_factory=Options)
    doc: str = ""


def read_block(report: Report, start: int, end: int) -> Block:
    """The comment lines below the header that ends at ``start``."""
    block = Block(start)
    doc: list[str] = []
    while found := _LINE.match(report.source.text, block.end, end):
        _read_line(report, block, doc, found)
        block.end = found.end()
    block.doc = "\n".join(doc).strip()
    return block


def _read_line(report: Report, block: Block, doc: list[str], found: re.Match[str]) -> None:
    comment, start = found["comment"], found.start("comment")
    text = comment[2:].strip()
    aiosql.check_record_class(report, start, found.end())
    if tag := _TAG.match(comment):
        value = tag["value"].rstrip()
        block.options = _read_tag(
            report, Tag(tag["word"], value, start + tag.start("word") - 1), block.options
        )
    elif comment.startswith("--?"):
        refuse_alone(report, start, found.end())
    else:
        check_near_miss(report, start, found.end())
        doc.append(text.removeprefix("\\") if text.startswith("\\@") else text)


def _read_tag(report: Report, tag: Tag, options: Options) -> Options:
    read = _TAGS.get(tag.word)
    if read is None:
        hint = did_you_mean(tag.word, _TAGS, "@{}")
        report.add(
            f"there is no option @{tag.word}",
            tag.offset,
            len(tag.word) + 1,
            hint=hint or "a line of text that begins with @ is written \\@",
        )
        return options
    if tag.key in options.offsets:
        first = report.source.line(options.offsets[tag.key])
        said = " ".join(tag.key)
        report.add(f"@{said} is said twice, first in line {first}", tag.offset, tag.width)
        return options
    options.offsets[tag.key] = tag.offset
    return read(report, tag, options)


def _row(report: Report, tag: Tag, options: Options) -> Options:
    wrong = fault(tag.value)
    if wrong is None:
        return replace(options, row=tag.value)
    hint = f"did you mean @row {wrong.suggestion}?" if tag.value else "such as @row User"
    report.add("@row says the name of a class", tag.offset, tag.width, hint)
    return options


def _param(report: Report, tag: Tag, options: Options) -> Options:
    found = _MARKED.fullmatch(tag.value)
    if found is None or found["mark"] == "!":
        report.add("this is not @param name[?] text", tag.offset, tag.width)
    else:
        options.params[found["name"]] = ParamOption(found["mark"] == "?", found["doc"] or "")
    return options


def _column(report: Report, tag: Tag, options: Options) -> Options:
    found = _MARKED.fullmatch(tag.value)
    if found is None:
        report.add("this is not @column name[!|?] text", tag.offset, tag.width)
    elif not found["mark"] and not found["doc"]:
        report.add(
            "this @column changes nothing",
            tag.offset,
            tag.width,
            hint=f"{tag.value}! is never None, {tag.value}? may be None",
        )
    else:
        option = ColumnOption(_NULLABLE[found["mark"]], found["doc"] or "")
        options.columns[found["name"]] = option
    return options


def _type(report: Report, tag: Tag, options: Options) -> Options:
    column, _, dotted = tag.value.partition(" ")
    dotted = dotted.strip()
    if not _DOTTED.fullmatch(dotted) or any(map(fault, dotted.split("."))):
        report.add(
            "this is not @type column dotted.Type",
            tag.offset,
            tag.width,
            hint="such as @type settings app.models.Settings",
        )
    else:
        options.types[column] = dotted
    return options


def _timeout(report: Report, tag: Tag, options: Options) -> Options:
    return replace(options, timeout=_seconds(report, tag))


def _cache(report: Report, tag: Tag, options: Options) -> Options:
    return replace(options, cache=_seconds(report, tag))


def _seconds(report: Report, tag: Tag) -> float | None:
    found = seconds(tag.value)
    if found is None:
        report.add(
            f"@{tag.word} says how long, and {tag.value or 'nothing'!r} is no duration",
            tag.offset,
            tag.width,
            hint="a duration is above 0 and has a unit: 250ms, 30s, 2m, 1h, 1d",
        )
    return found


def _retry(report: Report, tag: Tag, options: Options) -> Options:
    if tag.value != "never":
        report.add("@retry can only say never", tag.offset, tag.width, hint="@retry never")
    return replace(options, retry=False)


def _idempotent(report: Report, tag: Tag, options: Options) -> Options:
    if tag.value:
        report.add("@idempotent says nothing more", tag.offset, tag.width)
    return replace(options, idempotent=True)


def _deprecated(report: Report, tag: Tag, options: Options) -> Options:
    if not tag.value:
        report.add("@deprecated says what to use instead, or why", tag.offset, tag.width)
    return replace(options, deprecated=tag.value)


_OF_ONE = frozenset({"param", "column", "type"})
_TAGS: dict[str, _Read] = {
    "row": _row,
    "param": _param,
    "column": _column,
    "timeout": _timeout,
    "retry": _retry,
    "idempotent": _idempotent,
    "cache": _cache,
    "type": _type,
    "deprecated": _deprecated,
}
_MISPLACED = re.compile(rf"--[ \t]*+@(?P<word>{'|'.join(_TAGS)})\b")


def check_misplaced(report: Report, start: int, end: int) -> None:
    """Report a comment that says an option, but not where options are read."""
    if found := _MISPLACED.match(report.source.text, start, end):
        report.add(
            f"@{found['word']} says nothing here",
            found.start("word") - 1,
            len(found["word"]) + 1,
            hint="options stand directly below a query's header, before an empty line or SQL",
        )
