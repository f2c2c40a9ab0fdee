"""``python -m benchmarks run``: measure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from benchmarks.measure.effort import FULL, QUICK

if TYPE_CHECKING:
    from benchmarks.measure.result import Run

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--peers", is_flag=True, help="Beside asyncpg and other libraries too.")
@click.option("--quick", is_flag=True, help="Under a minute: a first look, not to be quoted.")
@click.option("--rounds", type=click.IntRange(3), help="Exactly so many samples of each way.")
@click.option("--json", "file", type=FILE, help="Write all figures to this file.")
def command(
    names: tuple[str, ...],
    *,
    peers: bool,
    quick: bool,
    rounds: int | None,
    file: Path | None,
) -> None:
    """Measure NAME... (all): medians, spread, ratios paired per round, the machine."""
    from benchmarks.choose import chosen
    from benchmarks.report.kept import write
    from benchmarks.run.conduct import Plan, run
    from benchmarks.run.progress import Progress

    effort = QUICK if quick else FULL
    if rounds:
        effort = effort.with_rounds(rounds)
    found = run(Plan(chosen(names), effort, peers), Progress())
    show(found)
    if file is not None:
        write(found, file)


def show(found: Run) -> None:
    """Print a run to standard output."""
    from benchmarks.report.table import table

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 120
    for result in found.results:
        console.print(table(result), "")
    for name, value in found.machine.items():
        console.print(f"{name}: {value}", soft_wrap=True, markup=False)
