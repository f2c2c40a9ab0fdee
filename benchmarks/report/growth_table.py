"""How a cost grows, as a table for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.measure.growth import in_words, slope
from benchmarks.measure.result import point
from benchmarks.report.table import titled
from benchmarks.report.units import percent, rate, ratio, seconds

if TYPE_CHECKING:
    from rich.table import Table

    from benchmarks.measure.result import Result, Scale


def growth_table(result: Result, scale: Scale) -> Table:
    """A line for each size, a column for each series; at the end the growth in words."""
    found = titled(result)
    found.add_column(scale.unit, justify="right")
    for series in scale.series:
        found.add_column(series, justify="right")
        found.add_column("spread", justify="right")
    found.add_column("ratio", justify="right")
    for size in scale.sizes:
        found.add_row(f"{size:,}", *_cells(result, scale, size))
    found.add_section()
    words = [cell for series in scale.series for cell in (growth(result, series), "")]
    found.add_row("growth", *words)
    return found


def growth(result: Result, series: str) -> str:
    """How a series grows: its cost, such as ``"linear (rows^0.98)"``, or its calls a second."""
    scale = result.scale
    if scale is None:
        raise ValueError(f"{result.name} has no sizes")
    power = slope(scale.sizes, result.medians(series))
    power = round(-power if result.per_second else power, 2) + 0.0  # which is never -0.0
    return f"{in_words(power)} ({scale.unit}^{power:.2f})"


def _cells(result: Result, scale: Scale, size: int) -> list[str]:
    cells: list[str] = []
    for series in scale.series:
        measured = result.ways[point(series, size)]
        median = measured.median
        cells += [rate(median) if result.per_second else seconds(median), percent(measured.spread)]
    mine, *others = (point(series, size) for series in scale.series)
    return [*cells, ratio(result.ratio(mine, others[-1]))] if others else cells
