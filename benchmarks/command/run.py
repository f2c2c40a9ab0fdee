"""``python -m benchmarks run``: measure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from benchmarks.measure.effort import FULL, QUICK

if TYPE_CHECKING:
    from rich.table import Table

    from benchmarks.measure.result import Result, Run
    from benchmarks.run.conduct import Plan

FILE = click.Path(dir_okay=False, path_type=Path)
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--peers", is_flag=True, help="Beside asyncpg and other libraries too.")
@click.option("--quick", is_flag=True, help="Under a minute: a first look, not to be quoted.")
@click.option("--rounds", type=click.IntRange(3), help="Exactly so many samples of each way.")
@click.option(
    "--compare",
    "earlier",
    type=EXISTING,
    help="Exit with 1 if a ratio is worse than in this file, by more than noise explains.",
)
@click.option(
    "--at-least",
    "least",
    type=click.FloatRange(0),
    default=5.0,
    show_default=True,
    metavar="PERCENT",
    help="With --compare: what is less than this is no regression.",
)
@click.option("--json", "file", type=FILE, help="Write all figures to this file.")
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    *,
    peers: bool,
    quick: bool,
    rounds: int | None,
    earlier: Path | None,
    least: float,
    file: Path | None,
) -> None:
    """Measure NAME... (all): medians, spread, ratios paired per round, the machine."""
    from benchmarks.choose import chosen
    from benchmarks.report.kept import read, write
    from benchmarks.run.conduct import Plan, run
    from benchmarks.run.progress import Progress

    before = read(earlier) if earlier else None
    effort = QUICK if quick else FULL
    if rounds:
        effort = effort.with_rounds(rounds)
    plan = Plan(chosen(names), effort, peers)
    found = run(plan, Progress())
    show(found)
    if file is not None:
        write(found, file)
    failed = any(result.failed for result in found.results)
    if before is not None:
        failed |= _regressed(before, found, plan, least / 100)
    ctx.exit(int(failed))


def _regressed(before: Run, now: Run, plan: Plan, least: float) -> bool:
    """Whether something is slower than before; what seems to be is measured once more."""
    from benchmarks.measure.compare import compare
    from benchmarks.report.change_table import change_table
    from benchmarks.run.conduct import run
    from benchmarks.run.progress import Progress

    changes = compare(before, now, least)
    suspects = {change.benchmark for change in changes if change.is_regression}
    console = _console()
    console.print(change_table(changes))
    if not suspects:
        return False
    again = [one for one in plan.benchmarks if one.name in suspects]
    repeated = compare(before, run(replace(plan, benchmarks=again), Progress()), least)
    seen = {(one.benchmark, one.way) for one in changes if one.is_regression}
    found = [one for one in repeated if one.is_regression and (one.benchmark, one.way) in seen]
    console.print("measured once more:", change_table(repeated))
    return bool(found)


def show(found: Run) -> None:
    """Print a run to standard output."""
    console = _console()
    for result in found.results:
        console.print(_shown(result))
        console.print()
    for name, value in found.machine.items():
        console.print(f"{name}: {value}", soft_wrap=True, markup=False)


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 120
    return console


def _shown(result: Result) -> Table | str:
    from benchmarks.report.growth_table import growth_table
    from benchmarks.report.table import table

    if result.failed:
        return f"{result.name} failed: {result.failed}"
    return growth_table(result, result.scale) if result.scale else table(result)
