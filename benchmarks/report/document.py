"""The results section of docs/benchmarks.md, written from a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.report.growth_table import growth
from benchmarks.report.rows import rows
from benchmarks.report.units import percent, rate, ratio, seconds, times

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from benchmarks.measure.result import Result, Run
    from benchmarks.report.rows import Row

BEGIN = "<!-- results: written by python -m benchmarks report -->"
END = "<!-- end of results -->"
PICTURES = (
    ("ratios.svg", "sqlkit's time as a part of another way's"),
    ("latency.svg", "How long calls take"),
    ("throughput.svg", "Calls a second, the more ask at once"),
    ("growth.svg", "What a call costs, the more is asked for"),
)


def with_results(document: str, run: Run, pictures: str) -> str:
    """A document with its results section replaced; raises ValueError if it has none.

    ``pictures`` is the folder of the pictures, as seen from the document.
    """
    before, begun, rest = document.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise ValueError(f'there is no "{BEGIN}" … "{END}" in it')
    return f"{before}{BEGIN}\n\n{section(run, pictures)}\n{END}{after}"


def section(run: Run, pictures: str) -> str:
    """Machine, targets, every figure, growth in words, pictures."""
    results = run.without_failures().results
    parts = [
        "### The machine",
        _table(("", ""), ([name, value] for name, value in run.machine.items())),
        *_warning(run.machine),
        "### The targets",
        _table(("work", "beside", "target", "reached", ""), _targets(results)),
        f"![{PICTURES[0][1]}]({pictures}/{PICTURES[0][0]})",
        "### How costs grow",
        _table(("", "", "smallest", "largest", "growth"), _growths(results)),
        *(f"![{title}]({pictures}/{file})" for file, title in PICTURES[1:]),
        "### Every figure",
        *(_figures(result) for result in results if result.scale is None),
    ]
    return "\n\n".join(parts) + "\n"


def _warning(machine: Mapping[str, str]) -> Iterator[str]:
    """That the figures are not to be quoted, if the machine did much else meanwhile."""
    try:
        load, cores = float(machine["load before"]), int(machine["cores"])
    except (KeyError, ValueError):
        return
    if load > cores:
        yield (
            f"**Preliminary**: the machine was busy with other work (a load of {load:g} on {cores} "
            "cores), so times are too long and ratios uncertain."
        )


def _targets(results: Sequence[Result]) -> Iterator[list[str]]:
    for result in results:
        for row in rows(result):
            if row.target is not None and row.ratio is not None:
                work = result.about + row.subject.removeprefix("sqlkit")
                verdict = "met" if row.met else "**missed**"
                yield [work, row.way, str(row.target), _reached(row), verdict]


def _reached(row: Row) -> str:
    value = row.ratio or 0.0
    return times(1 / value) if row.target and row.target.times else ratio(value)


def _growths(results: Sequence[Result]) -> Iterator[list[str]]:
    for result in results:
        for series in result.scale.series if result.scale else ():
            shown = rate if result.per_second else seconds
            medians = result.medians(series)
            words = growth(result, series)
            yield [result.about, series, shown(medians[0]), shown(medians[-1]), words]


def _figures(result: Result) -> str:
    pinned = "client and server on one core" if result.pinned else "on all cores"
    speed = "calls/s" if result.per_second else "a call"
    heading = ("way", speed, "spread", "client CPU", "sqlkit / this")
    notes = [f"{name}: {reason}." for name, reason in result.missing.items()]
    table = _table(heading, (_figure(result, way) for way in result.ways))
    return "\n\n".join([f"**{result.about}** (`{result.name}`, {pinned})", table, *notes])


def _figure(result: Result, way: str) -> list[str]:
    measured = result.ways[way]
    ratios = [ratio(row.ratio) for row in rows(result) if row.way == way and row.ratio]
    return [
        way,
        rate(measured.median) if result.per_second else seconds(measured.median),
        percent(measured.spread),
        "" if measured.median_cpu is None else seconds(measured.median_cpu),
        ", ".join(ratios),
    ]


def _table(heading: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---"] * len(heading)
    return "\n".join(f"| {' | '.join(line)} |" for line in (heading, rule, *lines))
