"""A bound on how many values a label takes."""

from __future__ import annotations


class Bounded:
    """The first so many values as they are; any later one is ``other``."""

    __slots__ = ("_limit", "_other", "_seen")

    def __init__(self, limit: int, other: str) -> None:
        self._limit = limit
        self._other = other
        self._seen: set[str] = set()

    def __call__(self, value: str) -> str:
        """The value, or what stands for all that came too late."""
        if value not in self._seen:
            if len(self._seen) >= self._limit:
                return self._other
            self._seen.add(value)
        return value
