"""The tags of options: ``@row``, ``@param`` and so on, and what each may say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sqlkit.sqlfile.duration import seconds
from sqlkit.sqlfile.names import fault
from sqlkit.sqlfile.options import ColumnOption, ParamOption

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from sqlkit.sqlfile.report import Report

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
        if self.word == "allow":
            return (self.word, self.value)
        if self.word in _OF_ONE:
            return (self.word, *re.split(r"[\s!?]", self.value, maxsplit=1)[:1])
        return (self.word,)


# What a tag's reader notes, by the fields of `Options`.
Said: TypeAlias = "dict[str, Any]"
_Read: TypeAlias = "Callable[[Report, Tag, Said], None]"


def read_tag(report: Report, tag: Tag, said: Said) -> None:
    """Note what a tag says, by the fields of `Options`; what is wrong with it is reported."""
    read = _TAGS.get(tag.word)
    offsets: dict[tuple[str, ...], int] = said.setdefault("offsets", {})
    if read is None:
        hint = report.did_you_mean(tag.word, _TAGS, "@{}")
        report.add(
            f"there is no option @{tag.word}",
            tag.offset,
            len(tag.word) + 1,
            hint=hint or "a line of text that begins with @ is written \\@",
        )
    elif (key := tag.key) in offsets:
        first = report.source.line(offsets[key])
        report.add(f"@{' '.join(key)} is said twice, first in line {first}", tag.offset, tag.width)
    else:
        offsets[key] = tag.offset
        read(report, tag, said)


def _row(report: Report, tag: Tag, said: Said) -> None:
    if wrong := fault(tag.value):
        hint = f"did you mean @row {wrong.suggestion}?" if tag.value else "such as @row User"
        report.add("@row says the name of a class", tag.offset, tag.width, hint)
    said["row"] = tag.value


def _param(report: Report, tag: Tag, said: Said) -> None:
    found = _MARKED.fullmatch(tag.value)
    if found is None or found["mark"] == "!":
        report.add("this is not @param name[?] text", tag.offset, tag.width)
    else:
        said.setdefault("params", {})[found["name"]] = ParamOption(
            found["mark"] == "?", found["doc"] or ""
        )


def _column(report: Report, tag: Tag, said: Said) -> None:
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
        said.setdefault("columns", {})[found["name"]] = option


def _type(report: Report, tag: Tag, said: Said) -> None:
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
        said.setdefault("types", {})[column] = dotted


def _timeout(report: Report, tag: Tag, said: Said) -> None:
    said["timeout"] = _seconds(report, tag)


def _cache(report: Report, tag: Tag, said: Said) -> None:
    said["cache"] = _seconds(report, tag)


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


def _retry(report: Report, tag: Tag, said: Said) -> None:
    if tag.value != "never":
        report.add("@retry can only say never", tag.offset, tag.width, hint="@retry never")
    said["retry"] = False


def _idempotent(report: Report, tag: Tag, said: Said) -> None:
    if tag.value:
        report.add("@idempotent says nothing more", tag.offset, tag.width)
    said["idempotent"] = True


def _deprecated(report: Report, tag: Tag, said: Said) -> None:
    if not tag.value:
        report.add("@deprecated says what to use instead, or why", tag.offset, tag.width)
    said["deprecated"] = tag.value


def _allow(report: Report, tag: Tag, said: Said) -> None:
    names = [name.strip() for name in tag.value.split(",")]
    if not all(map(_NAME.fullmatch, names)):
        report.add(
            "@allow says which hazards are meant to be",
            tag.offset,
            tag.width,
            hint="such as @allow select_star, or @allow select_star, unused_cte",
        )
        return
    offsets: dict[tuple[str, ...], int] = said["offsets"]
    allowed: tuple[str, ...] = said.get("allow", ())
    for name in names:
        if name in allowed:
            report.add(f"@allow {name} is said twice", tag.offset, tag.width)
        offsets["allow", name] = tag.offset
        allowed += (name,)
    said["allow"] = allowed


_NAME = re.compile(r"[^\W\d]\w*")
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
    "allow": _allow,
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
