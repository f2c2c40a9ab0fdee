"""Flags that look like a parameter misspelt: ``and kind = :kind --? knid``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.sqlfile.body import Body
    from sqlkit.sqlfile.conditions import Marker
    from sqlkit.sqlfile.options import Options
    from sqlkit.sqlfile.report import Report

# So many flags have more combinations than a query may have.
_MOST_FLAGS = 10


def check_flags(report: Report, options: Options, body: Body) -> None:
    """Report flags that are nearly a parameter's name, at lines that alone have some parameter.

    Left as a flag, such a line would be gone without a word. A flag with an ``@param`` is meant,
    and so is one that adds words to the parameter's: ``only_kind`` for ``kind``.
    """
    if not body.conditions or not body.parameters:
        return
    flags = {c.name for c in body.conditions if not c.given and not c.words}
    flags -= options.params.keys()
    if not flags or len(flags) > _MOST_FLAGS:
        return
    parameters = dict.fromkeys(parameter.name for parameter in body.parameters)
    seen: set[str] = set()
    for marker in _holding(body):
        name = marker.name
        if name not in flags or name in seen:
            continue
        seen.add(name)
        meant = [other for other in parameters if not _adds_words(name, other)]
        form = "--? {}" if marker.state else "--? not {}"
        if hint := report.did_you_mean(name, meant, form):
            hint += f" A flag that is meant is said above the query: @param {name}"
            message = f"{name} is no parameter: this line would depend on a flag of that name"
            report.add(message, marker.offset, len(name), hint=hint)


def _holding(body: Body) -> Iterator[Marker]:
    """The conditional lines with a parameter that stands in no unconditional one."""
    held: list[tuple[Marker, str]] = []
    always: set[str] = set()
    markers = iter(body.markers)
    marker = next(markers, None)
    for parameter in body.parameters:
        while marker and marker.end <= parameter.offset:
            marker = next(markers, None)
        if marker and marker.start <= parameter.offset:
            held.append((marker, parameter.name))
        else:
            always.add(parameter.name)
    return (marker for marker, name in held if name not in always)


def _adds_words(flag: str, parameter: str) -> bool:
    return set(flag.split("_")) > set(parameter.split("_"))
