"""Conducting a run: each benchmark in turn, on the prepared server."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from benchmarks.benchmark import Benchmark
from benchmarks.measure.interleave import interleaved
from benchmarks.measure.result import Result, Run, Scale, point
from benchmarks.peers import Missing
from benchmarks.run.cores import pinned
from benchmarks.run.place import prepared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.benchmark import Growth, Open
    from benchmarks.measure.effort import Effort
    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place
    from benchmarks.run.progress import Progress

SEED = 2026


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, how long, and whether beside the peers too."""

    benchmarks: Sequence[Benchmark | Growth]
    effort: Effort
    peers: bool = False


def run(plan: Plan, progress: Progress) -> Run:
    """Run what is planned, with metrics on and logging at WARNING, as in production."""
    logging.getLogger("sqlkit").setLevel(logging.ERROR)  # a slow fill is no news
    with prepared(progress.say) as place:
        logging.getLogger("sqlkit").setLevel(logging.WARNING)
        random = Random(SEED)
        results = [
            _tried(benchmark, place, plan, random, progress)
            for benchmark in progress.each(plan.benchmarks)
        ]
        return Run(place.machine, results)


def _tried(
    benchmark: Benchmark | Growth, place: Place, plan: Plan, random: Random, progress: Progress
) -> Result:
    """A benchmark that fails is said, and the others go on."""
    try:
        return _one(benchmark, place, plan, random, progress)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        progress.say(f"{benchmark.name} failed: {reason}")
        return Result(benchmark.name, benchmark.about, pinned=False, ways={}, failed=reason)


def _one(
    benchmark: Benchmark | Growth, place: Place, plan: Plan, random: Random, progress: Progress
) -> Result:
    with pinned(wanted=benchmark.pinned, server=place.server) as is_pinned, ExitStack() as opened:
        ways, missing, scale = opened_ways(benchmark, place, opened, peers=plan.peers)
        measured = interleaved(ways, plan.effort, random, progress.rounds)
    return Result(
        benchmark.name,
        benchmark.about,
        is_pinned,
        measured,
        list(benchmark.targets) if isinstance(benchmark, Benchmark) else [],
        missing,
        scale,
        benchmark.per_second,
    )


def opened_ways(
    benchmark: Benchmark | Growth, place: Place, opened: ExitStack, *, peers: bool
) -> tuple[Ways, dict[str, str], Scale | None]:
    """A benchmark's ways, those that are missing, and its sizes if it has some."""
    missing: dict[str, str] = {}
    if isinstance(benchmark, Benchmark):
        ways = opened.enter_context(benchmark.ways(place))
        optional = benchmark.also + (benchmark.peers if peers else ())
        return ways | _those_there(optional, place, opened, missing), missing, None
    ways, scale = _of_every_size(benchmark, place, opened)
    return ways, missing, scale


def _those_there(
    optional: Iterable[Open], place: Place, opened: ExitStack, missing: dict[str, str]
) -> Ways:
    """The ways that can be taken here; ``missing`` learns of the others."""
    found: Ways = {}
    for open_ways in optional:
        try:
            found |= opened.enter_context(open_ways(place))
        except ModuleNotFoundError as error:
            missing[str(error.name)] = "is not installed: pip install -e '.[bench]'"
        except Missing as error:
            missing[error.way] = error.reason
    return found


def _of_every_size(growth: Growth, place: Place, opened: ExitStack) -> tuple[Ways, Scale]:
    ways: Ways = {}
    series: dict[str, None] = {}
    for size in growth.sizes:
        for name, way in opened.enter_context(growth.ways(place, size)).items():
            ways[point(name, size)] = way
            series[name] = None
    return ways, Scale(growth.unit, list(growth.sizes), list(series))
