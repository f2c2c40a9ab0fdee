"""Headers: ``-- name: identifier [:kind]``, and aiosql's spelling of them."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING, get_args

import msgspec

from sqlkit.sqlfile import aiosql
from sqlkit.sqlfile.line import Kind
from sqlkit.sqlfile.names import fault

if TYPE_CHECKING:
    from sqlkit.sqlfile.report import Report

KINDS: tuple[Kind, ...] = get_args(Kind)
_BY_NAME: dict[str, Kind] = {kind: kind for kind in KINDS}

_HEADER = re.compile(
    r"--[ \t]*+name[ \t]*+:[ \t]*+(?P<name>[^\s(:^$!<*#]*+)"
    r"[ \t]*+(?P<list>\([^)\r\n]*+\))?[ \t]*+(?P<suffix>\^|<!|\$|\*!|!|\#)?+"
    r"[ \t]*+(?P<kind>:[ \t]*+[^\s]*+)?+[ \t]*+(?P<rest>[^\r\n]*+)"
)
_SHAPE = re.compile(
    r"--[ \t]*+(?P<word>\w++)[ \t]*+(?P<colon>[:=])?+[ \t]*+(?P<name>[\w-]++)(?:\([^)\r\n]*+\))?"
    r"[ \t]*+(?:(?P<suffix>\^|<!|\$|\*!|!|\#)|:[ \t]*+(?P<kind>\w++))?[ \t]*+"
)
_NEAR = 0.7


class Header(msgspec.Struct, frozen=True, gc=False):
    """What a header says. ``listed``: the names in aiosql's parameter list, if there is one.

    ``offset`` is the name's place in the file, ``width`` its length there.
    """

    name: str
    kind: Kind | None
    offset: int
    width: int
    first_column: bool = False
    listed: tuple[aiosql.Listed, ...] | None = None
    aiosql: bool = False


def read_header(report: Report, start: int, end: int) -> Header:
    """The header that begins at ``start``; what is wrong with it is reported."""
    found = _HEADER.match(report.source.text, start, end)
    if found is None:
        raise ValueError(f"no header begins at {start}")
    written, listed, suffix, _, rest = found.groups()
    kind, first_column = _kind(report, found)
    offset = found.start("name")
    if rest:
        report.add(
            "a header is -- name: identifier [:kind], and this is neither",
            found.start("rest"),
            len(rest),
        )
    return Header(
        name=_name(report, written, offset),
        kind=kind,
        offset=offset,
        width=max(1, len(written)),
        first_column=first_column,
        listed=aiosql.listed(listed, found.start("list")),
        aiosql=bool(suffix or listed is not None or "-" in written),
    )


def _name(report: Report, written: str, offset: int) -> str:
    name = written.replace("-", "_")
    if not name:
        report.add("a header names its query", offset, hint="such as -- name: get_user :one")
    elif wrong := fault(name):
        report.add(
            f"{written} {wrong.reason}, so no function can have this name",
            offset,
            len(written),
            hint=f"did you mean {wrong.suggestion}?",
        )
    return name


def _kind(report: Report, found: re.Match[str]) -> tuple[Kind | None, bool]:
    suffix = aiosql.SUFFIXES.get(found["suffix"] or "")
    if found["kind"] is None:
        return suffix or (None, False)
    offset, width = found.start("kind"), len(found["kind"])
    if suffix:
        report.add(
            f"{found['suffix']} says the kind already",
            offset,
            width,
            hint=f"leave one away: {found['suffix']} is :{suffix[0]}",
        )
    word = found["kind"][1:].strip()
    if word not in KINDS:
        report.add(
            f"there is no kind :{word}",
            offset,
            width,
            hint=report.did_you_mean(word, KINDS, ":{}") or "a kind is one of :" + " :".join(KINDS),
        )
    return _BY_NAME.get(word), False


def check_near_miss(report: Report, start: int, end: int) -> None:
    """Report a comment on a line of its own that looks like a header but isn't one."""
    found = _SHAPE.fullmatch(report.source.text, start, end)
    if found is None or not _is_meant(found):
        return
    if found["word"] != "name" or found["colon"] != ":":
        wrong = found["word"] + (found["colon"] or "")
        kind = f" :{found['kind']}" if found["kind"] else found["suffix"] or ""
        report.add(
            f"this looks like a header, but {wrong} is not name:",
            found.start("word"),
            len(wrong),
            hint=f"did you mean -- name: {found['name']}{kind}",
        )
    elif not report.source.begins_line(start):
        report.add("a header stands at the very start of its line", start, end - start)


def _is_meant(found: re.Match[str]) -> bool:
    """Whether a comment of a header's shape was meant for one.

    With a kind its shape says so. Without, or without a colon, its word has to be near enough, for
    ``-- note: this`` is a sentence.
    """
    word, colon, _, suffix, kind = found.groups()
    if kind in KINDS and colon:
        return True
    return bool(kind in KINDS or colon or suffix) and _is_near(word.lower())


def _is_near(word: str) -> bool:
    # The ratio is twice the letters in common by the letters of both, and few words have enough.
    common = sum(letter in word for letter in "name")
    return (
        word[0] in "na"
        and 2 * common >= _NEAR * (len(word) + len("name"))
        and _ratio(word) >= _NEAR
    )


@lru_cache(maxsize=4096)
def _ratio(word: str) -> float:
    return SequenceMatcher(None, word, "name").ratio()
