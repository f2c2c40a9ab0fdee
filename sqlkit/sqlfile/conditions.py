"""Conditional lines: ``--? p``, ``--? not p``, ``--? p = word [(default)]`` at a line's end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from sqlkit.sqlfile.line import Condition
from sqlkit.sqlfile.names import fault

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlkit.sqlfile.line import State
    from sqlkit.sqlfile.report import Report

_MARKER = re.compile(
    r"--\?[ \t]*+(?:(?P<negated>not)[ \t]++)?(?P<name>[^\s=()]++)[ \t]*+"
    r"(?:=[ \t]*+(?P<word>[\w-]++)[ \t]*+(?P<default>\([ \t]*+default[ \t]*+\))?[ \t]*+)?"
)
_FORMS = "a condition is --? name, --? not name, --? name = word or --? name = word (default)"


class Marker(msgspec.Struct, frozen=True, gc=False):
    """The end of a conditional line; ``offset`` is the name's place in the file.

    The line reaches from ``start`` to ``end``, its line end included.
    """

    name: str
    state: State
    default: bool
    offset: int
    start: int
    end: int


def read_marker(report: Report, place: tuple[int, int], line: tuple[int, int]) -> Marker | None:
    """The marker between the two offsets of ``place``; None if it is wrong, and reported."""
    offset, end = place
    found = _MARKER.fullmatch(report.source.text, offset, end)
    if found is None or (found["negated"] and found["word"]):
        report.add("this condition can't be understood", offset, end - offset, hint=_FORMS)
        return None
    name = found["name"]
    if wrong := fault(name):
        report.add(
            f"{name} {wrong.reason}, so no argument can have this name",
            found.start("name"),
            len(name),
            hint=_FORMS if name == "not" else f"did you mean {wrong.suggestion}?",
        )
        return None
    state = found["word"] or not found["negated"]
    return Marker(name, state, bool(found["default"]), found.start("name"), *line)


def refuse_alone(report: Report, start: int, end: int) -> None:
    """Report a marker on a line of its own."""
    report.add(
        "a condition stands at the end of the line that it is for, and this line is empty",
        start,
        end - start,
    )


def gather(
    report: Report, markers: Sequence[Marker], parameters: Collection[str]
) -> tuple[Condition, ...]:
    """What all markers of a query ask about each name, by first appearance."""
    if not markers:
        return ()
    by_name: dict[str, list[Marker]] = {}
    worded: set[str] = set()
    for marker in markers:
        by_name.setdefault(marker.name, []).append(marker)
        if isinstance(marker.state, str):
            worded.add(marker.name)
    return tuple(
        _words(report, name, same, parameters)
        if name in worded
        else _flag(name, same, name in parameters)
        for name, same in by_name.items()
    )


def _flag(name: str, markers: Sequence[Marker], given: bool) -> Condition:
    # Every line in: where all lines ask for "not p", that is the state without p.
    first = any(marker.state is True for marker in markers)
    return Condition(name, given=given, states=(first, not first), offset=markers[0].offset)


def _words(
    report: Report, name: str, markers: Sequence[Marker], parameters: Collection[str]
) -> Condition:
    if name in parameters:
        _refuse(report, markers[0], f"{name} is a parameter too, so it can't be one of some words")
    for marker in markers:
        if not isinstance(marker.state, str):
            _refuse(report, marker, f"{name} is one of some words in another line, here it is not")
    default = _default(report, name, markers)
    words = tuple(dict.fromkeys(str(m.state) for m in markers if isinstance(m.state, str)))
    states = dict.fromkeys([default, *words] if default else words)
    return Condition(
        name, words=words, default=default, states=tuple(states), offset=markers[0].offset
    )


def _default(report: Report, name: str, markers: Sequence[Marker]) -> str | None:
    said = [marker for marker in markers if marker.default]
    for marker in said[1:]:
        line = report.source.line(said[0].offset)
        _refuse(report, marker, f"the default of {name} is said in line {line} already")
    return str(said[0].state) if said else None


def _refuse(report: Report, marker: Marker, message: str) -> None:
    report.add(message, marker.offset, len(marker.name))
