"""Finding benchmarks by name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from benchmarks.suite import BENCHMARKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.benchmark import Benchmark, Growth


def chosen(names: Sequence[str]) -> list[Benchmark | Growth]:
    """The benchmarks of these names, all if there are none; raises click.UsageError."""
    by_name = {benchmark.name: benchmark for benchmark in BENCHMARKS}
    for name in names:
        if name not in by_name:
            close = get_close_matches(name, by_name, 1)
            meant = f"did you mean {close[0]}?" if close else "see: python -m benchmarks list"
            raise click.UsageError(f"no benchmark {name!r}; {meant}")
    return [by_name[name] for name in names] or list(BENCHMARKS)
