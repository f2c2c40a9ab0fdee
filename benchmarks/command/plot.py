"""``python -m benchmarks plot``: pictures of a run."""

from __future__ import annotations

from pathlib import Path

import click

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=EXISTING)
@click.option("--to", "folder", type=FOLDER, default=Path(), help="The folder to write them to.")
def command(file: Path, folder: Path) -> None:
    """Draw the run in FILE, which "run --json" wrote: ratios, latencies, throughput, growth."""
    from benchmarks.plot.pictures import draw
    from benchmarks.report.kept import read

    for picture in draw(read(file), folder):
        click.echo(f"wrote {picture}")
