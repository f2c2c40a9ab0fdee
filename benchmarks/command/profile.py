"""``python -m benchmarks profile``: where the time of one way goes."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from benchmarks.measure.sample import Way

CALLS = 50


@click.command()
@click.argument("name")
@click.option("--way", "wanted", help="Which of its ways; sqlkit's if not said.")
@click.option("--seconds", type=click.FloatRange(0.1), default=5.0, show_default=True)
@click.option(
    "--html", type=click.Path(path_type=Path), help="Write it to this file, to be opened."
)
def command(name: str, wanted: str | None, seconds: float, html: Path | None) -> None:
    """Run one way of the benchmark NAME under pyinstrument, and show where its time goes.

    Of ways with many threads it sees the one that starts them.
    """
    try:
        pyinstrument: Any = import_module("pyinstrument")
    except ModuleNotFoundError:
        raise click.ClickException(
            "pyinstrument is not installed: pip install -e '.[bench]'"
        ) from None
    from benchmarks.choose import chosen
    from benchmarks.run.conduct import opened_ways
    from benchmarks.run.cores import pinned
    from benchmarks.run.place import prepared
    from benchmarks.run.progress import Progress

    (benchmark,) = chosen([name])
    logging.getLogger("sqlkit").setLevel(logging.ERROR)
    with prepared(Progress().say) as place, ExitStack() as opened:
        opened.enter_context(pinned(wanted=benchmark.pinned, server=place.server))
        ways, _, _ = opened_ways(benchmark, place, opened, peers=wanted is not None)
        chosen_way = wanted or next(iter(ways))
        if chosen_way not in ways:
            raise click.UsageError(f"{name} has no way {wanted!r}; it has: {'; '.join(ways)}")
        profiler = pyinstrument.Profiler(interval=0.0002, async_mode="disabled")
        _for(ways[chosen_way], 0.5)  # prepared, cached, warm
        with profiler:
            _for(ways[chosen_way], seconds)
    if html:
        profiler.write_html(str(html), show_all=True)
        click.echo(f"wrote {html}")
    else:
        click.echo(profiler.output_text(unicode=True, show_all=True, short_mode=False))


def _for(way: Way, seconds: float) -> None:
    end = monotonic() + seconds
    while monotonic() < end:
        way(CALLS)
