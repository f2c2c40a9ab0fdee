"""Sampling several ways in turn, in an order drawn anew for each round.

A machine whose speed drifts then does so for all of them, and no way always follows the same one.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from benchmarks.measure.result import Measured

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from benchmarks.measure.effort import Effort
    from benchmarks.measure.sample import Sample, Way

MOST_CALLS = 200_000


def interleaved(
    ways: Mapping[str, Way], effort: Effort, random: Random, tell: Callable[[int, int], None]
) -> dict[str, Measured]:
    """Warm up, then sample each way once a round; ``tell`` hears rounds done and rounds in all."""
    calls = {name: _warmed_up(way, effort.sample) for name, way in ways.items()}
    gc.collect()
    gc.freeze()  # what is there by now isn't looked through again, before each sample or in it
    rounds = effort.rounds_within(sum(seconds for _, seconds in calls.values()))
    samples: dict[str, list[Sample]] = {name: [] for name in ways}
    order = list(ways)
    for done in range(rounds):
        tell(done, rounds)
        random.shuffle(order)
        for name in order:
            gc.collect()
            samples[name].append(ways[name](calls[name][0]))
    gc.unfreeze()
    tell(rounds, rounds)
    return {name: Measured.of(found) for name, found in samples.items()}


def _warmed_up(way: Way, sample: float) -> tuple[int, float]:
    """How many calls make a sample of this length, and how long it is then.

    What the first call takes tells little if it is short, and psycopg prepares a statement at its
    sixth use: more and more calls, until they take half as long as a sample.
    """
    calls = 1
    took = _length(way, calls)
    if took < sample * 10:
        took = _length(way, calls)
    while took < sample / 2 and calls < MOST_CALLS:
        calls = min(MOST_CALLS, calls * 4)
        took = _length(way, calls)
    if calls > 1:
        calls = min(MOST_CALLS, max(1, round(sample * calls / took)))
        took = _length(way, calls)
    return calls, took


def _length(way: Way, calls: int) -> float:
    return calls * way(calls).seconds
