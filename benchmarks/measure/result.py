"""What was measured, as it is kept in a file."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measure.sample import Sample


PARTS = (0, 1, 2, *range(5, 100, 5), 98, 99, 99.9)
"""The percentiles that are kept of latencies."""


class Measured(msgspec.Struct, frozen=True):
    """One way: seconds a call and CPU seconds a call, one for each round; latencies' percentiles.

    Of latencies there are none, or one for each of `PARTS`; ``calls`` is how many were timed.
    """

    seconds: list[float]
    cpu: list[float]
    percentiles: list[float]
    calls: int

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Measured:
        """From a sample of each round."""
        latencies = [latency for sample in samples for latency in sample.latencies]
        return cls(
            [sample.seconds for sample in samples],
            [sample.cpu for sample in samples if sample.cpu is not None],
            _percentiles(latencies),
            len(latencies),
        )

    @property
    def median(self) -> float:
        """The median over the rounds, in seconds a call."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        """Half the distance between the quartiles, as a part of the median."""
        low, _, high = statistics.quantiles(self.seconds, n=4, method="inclusive")
        return (high - low) / 2 / self.median

    @property
    def median_cpu(self) -> float | None:
        """The median of the client's CPU seconds a call, where it is known."""
        return statistics.median(self.cpu) if self.cpu else None

    def ratios(self, other: Measured) -> list[float]:
        """This way's time as part of the other's, round by round."""
        return [mine / its for mine, its in zip(self.seconds, other.seconds, strict=True)]

    def ratio(self, other: Measured) -> float:
        """The median of `ratios`."""
        return statistics.median(self.ratios(other))

    def cpu_ratio(self, other: Measured) -> float | None:
        """This way's CPU time of the client as part of the other's, where both are known."""
        mine, its = self.median_cpu, other.median_cpu
        return mine / its if mine and its else None


class Target(msgspec.Struct, frozen=True):
    """What ``way`` should reach beside ``against``.

    At most ``at_most`` of its time a call, or at least ``times`` its calls a second.
    """

    against: str
    at_most: float | None = None
    times: float | None = None
    way: str = "sqlkit"

    def met(self, ratio: float) -> bool:
        """Whether a ratio of times is good enough; as good as it is shown, with two decimals."""
        if self.times is not None:
            return round(1 / ratio, 2) >= self.times
        return self.at_most is None or round(ratio, 2) <= self.at_most

    def __str__(self) -> str:
        return f"≤ {self.at_most:.2f}" if self.times is None else f"≥ {self.times:g} times"


class Scale(msgspec.Struct, frozen=True):
    """What the cost is measured against: ``sizes`` of ``unit``, for each of ``series``."""

    unit: str
    sizes: list[int]
    series: list[str]


class Result(msgspec.Struct, frozen=True):
    """One benchmark. ``missing`` are ways that could not be taken, with the reason.

    ``failed`` says why there are no ways at all.
    """

    name: str
    about: str
    pinned: bool
    ways: dict[str, Measured]
    targets: list[Target] = []
    missing: dict[str, str] = {}
    scale: Scale | None = None
    per_second: bool = False
    failed: str = ""

    @property
    def subjects(self) -> list[str]:
        """The ways that are sqlkit's."""
        return [way for way in self.ways if way.startswith(SUBJECT)]

    def baselines(self) -> list[tuple[str, str]]:
        """Each of sqlkit's ways, with the one that it is first of all compared with."""
        if self.scale is None:
            others = [way for way in self.ways if way not in self.subjects]
            return [(way, others[0]) for way in self.subjects if others]
        mine, *others = self.scale.series
        return [(point(mine, n), point(others[0], n)) for n in self.scale.sizes if others]

    def medians(self, series: str) -> list[float]:
        """Seconds a call of a series, size by size."""
        sizes = self.scale.sizes if self.scale else []
        return [self.ways[point(series, size)].median for size in sizes]

    def ratio(self, way: str, against: str) -> float:
        """One way's time as part of another's: the median of the ratios, round by round."""
        return self.ways[way].ratio(self.ways[against])


class Run(msgspec.Struct, frozen=True):
    """Everything of one run."""

    machine: dict[str, str]
    results: list[Result]
    format: int = 1

    def without_failures(self) -> Run:
        """The benchmarks that ran."""
        return Run(self.machine, [result for result in self.results if not result.failed])


SUBJECT = "sqlkit"


def point(series: str, size: int) -> str:
    """The name of the way that measures a series at one size."""
    return f"{series}, {size}"


def _percentiles(latencies: Sequence[float]) -> list[float]:
    if len(latencies) < 2:
        return []
    ordered = sorted(latencies)
    return [ordered[round(part / 100 * (len(ordered) - 1))] for part in PARTS]
