"""Lines: a cost, or calls a second, against the size of something; a panel for each benchmark."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from benchmarks.plot import svg
from benchmarks.plot.axis import Axis
from benchmarks.report.growth_table import growth
from benchmarks.report.units import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measure.result import Result, Run

WIDTH = 960
TOP, PANEL, FOOT = 92, 250, 74
LEFT, RIGHT = 96, 300


def throughput(run: Run) -> str:
    """Calls a second against concurrency."""
    return _panels(
        [result for result in run.results if result.scale and result.per_second],
        "Calls a second, the more ask at once",
        "Higher is better. One row by primary key, on 8 connections; client and server on all "
        "cores.",
    )


def growths(run: Run) -> str:
    """What a call costs against what it is asked for."""
    return _panels(
        [result for result in run.results if result.scale and not result.per_second],
        "What a call costs, the more is asked for",
        "Lower is better. Both axes are logarithmic: what grows in proportion is a straight "
        "line at 45 degrees or so.",
    )


def _panels(results: Sequence[Result], title: str, remark: str) -> str:
    drawing = svg.Drawing(WIDTH, TOP + (PANEL + FOOT) * len(results), title, remark)
    for number, result in enumerate(results):
        _panel(drawing, result, TOP + number * (PANEL + FOOT))
    return str(drawing)


def _panel(drawing: svg.Drawing, result: Result, top: float) -> None:
    scale = result.scale
    if scale is None:
        return
    drawing.text(28, top + 14, result.about, size=13, bold=True)
    lines = {series: _values(result, series) for series in scale.series}
    across = Axis(scale.sizes[0], scale.sizes[-1], LEFT, WIDTH - RIGHT, logarithmic=True)
    up = _upward(result, [value for line in lines.values() for value in line], top)
    _grid(drawing, result, across, up)
    ends = _apart([up.at(line[-1]) for line in lines.values()])
    for number, (series, line) in enumerate(lines.items()):
        colour = svg.OURS if number == 0 else svg.OTHERS[number - 1]
        points = [(across.at(n), up.at(y)) for n, y in zip(scale.sizes, line, strict=True)]
        drawing.line(points, colour, width=2.5)
        for x, y in points:
            drawing.dot(x, y, colour)
        drawing.text(across.end + 14, ends[number], series, colour=colour, bold=True)
        drawing.text(
            across.end + 14, ends[number] + 15, growth(result, series), size=11, colour=svg.QUIET
        )


def _values(result: Result, series: str) -> list[float]:
    medians = result.medians(series)
    return [1 / seconds for seconds in medians] if result.per_second else medians


def _upward(result: Result, values: Sequence[float], top: float) -> Axis:
    bottom, ceiling = top + 26 + PANEL - 40, top + 30
    if result.per_second:
        return Axis(0, max(values) * 1.08, bottom, ceiling)
    low = min(values) * 0.8
    return Axis(low, max(max(values) * 1.25, low * 10), bottom, ceiling, logarithmic=True)


def _grid(drawing: svg.Drawing, result: Result, across: Axis, up: Axis) -> None:
    scale = result.scale
    for mark in up.marks(5):
        y = up.at(mark)
        drawing.line([(across.begin, y), (across.end, y)], svg.FAINT)
        shown = f"{mark:,.0f}" if result.per_second else short(mark)
        drawing.text(across.begin - 12, y + 4, shown, size=11, colour=svg.QUIET, align="right")
    for size in scale.sizes if scale else ():
        x = across.at(size)
        drawing.line([(x, up.begin), (x, up.begin + 5)], svg.QUIET)
        drawing.text(x, up.begin + 20, f"{size:,}", size=11, colour=svg.QUIET, align="middle")
    middle = (across.begin + across.end) / 2
    unit = scale.unit if scale else ""
    drawing.text(middle, up.begin + 38, unit, size=11.5, colour=svg.QUIET, align="middle")


def _apart(heights: Sequence[float], gap: float = 38) -> list[float]:
    """Where labels stand that would cover each other if each stood at the end of its line."""
    placed = list(heights)
    order = sorted(range(len(placed)), key=placed.__getitem__)
    for above, below in pairwise(order):
        placed[below] = max(placed[below], placed[above] + gap)
    return placed
