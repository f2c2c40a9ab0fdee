"""The command: ``python -m benchmarks [--quick] [--json]``."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from benchmarks.measure import FULL, QUICK
from benchmarks.suite import Result, run


@click.command()
@click.option("--quick", is_flag=True, help="A few seconds, for a first look; not to be quoted.")
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON, times in seconds.")
def main(*, quick: bool, as_json: bool) -> None:
    """Measure sqlkit against hand-written psycopg, as ratios in one interleaved run."""
    progress = Console(stderr=True)
    about, results = run(QUICK if quick else FULL, lambda what: progress.print(f"… {what}"))
    if as_json:
        figures = [result.as_dict() for result in results]
        click.echo(json.dumps({"machine": about, "results": figures}, indent=2))
    else:
        console = Console()
        console.print(*(f"{name}: {value}" for name, value in about.items()), sep="\n")
        console.print(table(results))


def table(results: list[Result]) -> Table:
    """Medians, spread (half the distance between the quartiles), and the ratio to each baseline."""
    found = Table("work", "way", "µs a call", "spread", "sqlkit / this")
    for result in results:
        for way in (result.way, *result.baselines):
            measured = result.measured
            ratio = "" if way == result.way else f"{measured.ratio(result.way, way):.2f}"
            cells = (f"{measured.median(way) * 1e6:,.1f}", f"± {measured.spread(way):.0%}", ratio)
            found.add_row(result.name if way == result.way else "", way, *cells)
        found.add_section()
    return found


if __name__ == "__main__":
    main()
