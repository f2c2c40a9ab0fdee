"""Ridges: how the latencies of each way are distributed, a panel for each benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.measure.result import SUBJECT
from benchmarks.plot import svg
from benchmarks.plot.axis import Axis
from benchmarks.plot.density import density, quantile
from benchmarks.report.units import seconds, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measure.result import Measured, Result, Run

WIDTH = 960
TOP = 96
HEAD, RIDGE, FOOT = 44, 30, 46
LABELS = 270
STEPS = 200
SEEN = 0.15  # pixels
FEWEST = 100
"""A distribution of fewer calls is a guess."""


def latencies(run: Run) -> str:
    """The benchmarks that have targets and latencies."""
    shown = [
        result
        for result in run.results
        if result.targets and len(_ways(result)) > 1 and not result.scale
    ]
    height = TOP + sum(HEAD + RIDGE * len(_ways(result)) + FOOT for result in shown)
    drawing = svg.Drawing(
        WIDTH,
        height,
        "How long calls take",
        "Further left is faster, narrower is steadier. Height is how many calls take so long; "
        "the mark is the median. Logarithmic.",
    )
    y = float(TOP)
    for result in shown:
        y = _panel(drawing, result, y)
    return str(drawing)


def _ways(result: Result) -> dict[str, Measured]:
    return {name: way for name, way in result.ways.items() if way.calls >= FEWEST}


def _panel(drawing: svg.Drawing, result: Result, y: float) -> float:
    ways = _ways(result)
    drawing.text(28, y + 18, result.about, size=13, bold=True)
    bottom = y + HEAD + RIDGE * len(ways)
    low = min(quantile(way.percentiles, 0.5) for way in ways.values()) * 0.93
    high = max(quantile(way.percentiles, 97) for way in ways.values()) * 1.07
    across = Axis(low, high, LABELS, WIDTH - 110, logarithmic=True)
    for mark in across.marks(7):
        x = across.at(mark)
        drawing.line([(x, y + HEAD - 14), (x, bottom)], svg.FAINT)
        drawing.text(x, bottom + 16, short(mark), size=11, colour=svg.QUIET, align="middle")
    for number, (name, way) in enumerate(ways.items()):
        _ridge(drawing, across, y + HEAD + RIDGE * (number + 1), name, way.percentiles)
    return bottom + FOOT


def _ridge(
    drawing: svg.Drawing, across: Axis, base: float, name: str, percentiles: Sequence[float]
) -> None:
    ours = name.startswith(SUBJECT)
    colour = svg.OURS if ours else svg.PLAIN
    values = [
        across.low * (across.high / across.low) ** (step / STEPS) for step in range(STEPS + 1)
    ]
    heights = density(percentiles, values)
    curve = [
        (across.at(value), base - height * RIDGE * 0.85)
        for value, height in zip(values, heights, strict=True)
    ]
    curve = [point for point in curve if base - point[1] > SEEN]
    ends = (curve[0][0], base), (curve[-1][0], base)
    drawing.area([ends[0], *curve, ends[1]], colour, 0.75 if ours else 0.55)
    drawing.line([(across.begin, base), (across.end, base)], svg.FAINT)
    middle = quantile(percentiles, 50)
    x = across.at(middle)
    drawing.line([(x, base), (x, base - RIDGE * 0.85)], svg.INK, width=1.5)
    drawing.text(LABELS - 12, base - 6, name, bold=ours, align="right")
    drawing.text(WIDTH - 28, base - 6, seconds(middle), bold=ours, align="right")
