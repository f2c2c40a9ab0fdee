"""Bars: how much of another way's time sqlkit takes, with the targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.plot import svg
from benchmarks.plot.axis import Axis
from benchmarks.report.rows import rows
from benchmarks.report.units import ratio, times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measure.result import Result, Run, Target
    from benchmarks.report.rows import Row

WIDTH = 960
LABELS = 330
LONGEST = 1.6
LINE, HEAD, TOP = 21, 36, 112

Group = tuple["Result", "list[Row]"]


def ratios(run: Run) -> str:
    """All ratios of a run, benchmark by benchmark."""
    groups = _groups(run.results)
    height = TOP + sum(HEAD + LINE * len(found) for _, found in groups) + 30
    drawing = svg.Drawing(
        WIDTH,
        height,
        "sqlkit's time as a part of another way's",
        "Shorter is faster. Medians of ratios paired round by round. A mark is the target: "
        "teal reaches it, amber misses it; grey has none.",
    )
    across = Axis(0, LONGEST, LABELS, WIDTH - 150)
    _scale(drawing, across, height)
    y = float(TOP)
    for result, found in groups:
        drawing.text(28, y + 22, result.about, size=13, bold=True)
        y += HEAD
        for row in found:
            _bar(drawing, across, y, result, row)
            y += LINE
    return str(drawing)


def _groups(results: Sequence[Result]) -> list[Group]:
    compared = [result for result in results if result.scale is None]
    groups = [(result, [row for row in rows(result) if row.ratio]) for result in compared]
    return [(result, found) for result, found in groups if found]


def _scale(drawing: svg.Drawing, across: Axis, height: float) -> None:
    for mark in (0, 0.25, 0.5, 0.75, 1, 1.25, 1.5):
        x = across.at(mark)
        strong = mark == 1
        colour = svg.QUIET if strong else svg.FAINT
        drawing.line([(x, TOP - 8), (x, height - 24)], colour, dashed=strong)
        drawing.text(x, TOP - 14, f"{mark:g}", size=11, colour=svg.QUIET, align="middle")
    drawing.text(across.at(1), TOP - 28, "as long", size=11, colour=svg.QUIET, align="middle")


def _bar(drawing: svg.Drawing, across: Axis, y: float, result: Result, row: Row) -> None:
    value = row.ratio or 0.0
    colour = {None: svg.PLAIN, True: svg.GOOD, False: svg.BAD}[row.met]
    several = len(result.subjects) > 1
    label = f"{row.subject.removeprefix('sqlkit, ')} / {row.way}" if several else row.way
    drawing.text(LABELS - 12, y + 13, label, colour=svg.QUIET, align="right")
    end = across.at(min(value, LONGEST))
    drawing.bar(LABELS, y + 3, end - LABELS, LINE - 8, colour)
    if row.target is not None:
        _mark(drawing, across.at(_part(row.target)), y)
    shown = times(1 / value) if result.per_second else ratio(value)
    more = "" if value <= LONGEST else " »"
    drawing.text(max(end, _after(across, row)) + 8, y + 13, shown + more, bold=True, over=True)
    if row.target is not None:
        drawing.text(WIDTH - 28, y + 13, str(row.target), colour=svg.QUIET, align="right")


def _mark(drawing: svg.Drawing, x: float, y: float) -> None:
    drawing.line([(x, y + 1), (x, y + LINE - 3)], svg.INK, width=2)


def _part(target: Target) -> float:
    return target.at_most or 1 / (target.times or 1)


def _after(across: Axis, row: Row) -> float:
    """Where a figure stands clear of its mark, if that comes soon after the bar."""
    if row.target is None or row.ratio is None:
        return 0.0
    mark, end = across.at(_part(row.target)), across.at(min(row.ratio, LONGEST))
    return mark if 0 <= mark - end < 48 else 0.0
