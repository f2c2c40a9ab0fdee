"""What changed since an earlier run, as a table for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from benchmarks.report.units import ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measure.compare import Change


def change_table(changes: Sequence[Change]) -> Table:
    """The ratios that changed by more than noise explains; of the others, how many there are."""
    changed = [change for change in changes if change.is_regression or change.is_gain]
    others = f"{len(changes) - len(changed)} ratios are as before"
    found = Table(
        title="since the earlier run",
        caption=others,
        title_justify="left",
        header_style="dim",
        box=box.SIMPLE_HEAD,
    )
    for heading in ("benchmark", "way", "beside"):
        found.add_column(heading)
    for heading in ("before", "now", "change", "noise"):
        found.add_column(heading, justify="right")
    found.add_column("")
    for change in changed:
        found.add_row(
            change.benchmark,
            change.way,
            change.against,
            ratio(change.before),
            ratio(change.now),
            f"{change.factor - 1:+.0%}",
            f"± {change.bound - 1:.0%}",
            _verdict(change),
        )
    return found


def _verdict(change: Change) -> Text:
    if change.is_regression:
        return Text("slower", style="bold red")
    return Text("faster", style="green") if change.is_gain else Text("")
