"""A benchmark's figures as rows: each of sqlkit's ways, and after it what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.measure.result import Result, Target


@dataclass(frozen=True, slots=True)
class Row:
    """A way. ``ratio`` is sqlkit's time as part of its time, None for sqlkit's own ways."""

    way: str
    subject: str
    ratio: float | None = None
    target: Target | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None if there is none."""
        if self.target is None or self.ratio is None:
            return None
        return self.target.met(self.ratio)


def rows(result: Result) -> Iterator[Row]:
    """Every way once, and more than once if several of sqlkit's ways have a target beside it."""
    subjects = result.subjects
    for way in subjects:
        yield Row(way, way)
    for way in result.ways:
        if way not in subjects:
            yield from _beside(result, way, subjects)


def _beside(result: Result, way: str, subjects: list[str]) -> Iterator[Row]:
    targets = [one for one in result.targets if one.against == way and one.way in subjects]
    for target in targets:
        yield Row(way, target.way, result.ratio(target.way, way), target)
    if not targets and subjects:
        yield Row(way, subjects[0], result.ratio(subjects[0], way))
