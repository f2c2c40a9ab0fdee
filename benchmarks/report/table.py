"""A benchmark's figures as a table, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from benchmarks.report.rows import rows
from benchmarks.report.units import percent, rate, ratio, seconds

if TYPE_CHECKING:
    from benchmarks.measure.result import Result
    from benchmarks.report.rows import Row


def table(result: Result) -> Table:
    """Medians with spread, ratios paired per round, targets, and the same of the client's CPU."""
    found = titled(result)
    found.add_column("way", min_width=28)
    for heading in ("calls/s" if result.per_second else "a call", "spread", "ratio"):
        found.add_column(heading, justify="right")
    found.add_column("target")
    for heading in ("CPU", "ratio"):
        found.add_column(heading, justify="right")
    for row in rows(result):
        found.add_row(*_cells(result, row))
    for name, reason in result.missing.items():
        found.add_row(Text(f"{name}: {reason}", style="dim"))
    return found


def titled(result: Result) -> Table:
    """A table without columns, with what the benchmark is as its title."""
    title = f"{result.name}: {result.about}{'' if result.pinned else ' (not pinned)'}"
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="dim",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )


def _cells(result: Result, row: Row) -> tuple[str | Text, ...]:
    measured = result.ways[row.way]
    cpu = measured.median_cpu
    cpu_ratio = result.ways[row.subject].cpu_ratio(measured)
    return (
        Text(row.way, style="bold" if row.ratio is None else ""),
        rate(measured.median) if result.per_second else seconds(measured.median),
        percent(measured.spread),
        "" if row.ratio is None else ratio(row.ratio),
        _verdict(row),
        "" if cpu is None else seconds(cpu),
        "" if row.way == row.subject or cpu_ratio is None else ratio(cpu_ratio),
    )


def _verdict(row: Row) -> Text:
    found = Text("" if row.target is None else str(row.target))
    if row.met is not None:
        found.append(" met" if row.met else " missed", style="green" if row.met else "bold red")
    return found
