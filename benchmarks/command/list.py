"""``python -m benchmarks list``: the benchmarks there are."""

from __future__ import annotations

import click


@click.command()
def command() -> None:
    """The benchmarks, by name."""
    from benchmarks.suite import BENCHMARKS

    width = max(len(benchmark.name) for benchmark in BENCHMARKS)
    for benchmark in BENCHMARKS:
        click.echo(f"{benchmark.name:<{width}}  {benchmark.about}")
