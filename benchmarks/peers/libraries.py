"""The libraries that run SQL texts, as ways and targets of a benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.measure.result import SUBJECT, Target
from benchmarks.peers import aiosql, pugsql, sqlalchemy, sqlspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from benchmarks.benchmark import Open
    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place
    from sqlkit import Statement

OPENERS: tuple[Callable[..., AbstractContextManager[Ways]], ...] = (
    aiosql.ways,
    sqlspec.ways,
    sqlalchemy.ways,
    pugsql.ways,
)
NAMES = (*aiosql.NAMES, *sqlspec.NAMES, *sqlalchemy.NAMES, *pugsql.NAMES)


def libraries(
    statement: Statement[Any],
    arguments: Callable[[Place], tuple[str, Iterator[dict[str, Any]]]],
    *,
    many: bool = False,
) -> tuple[Open, ...]:
    """Each library with this statement; ``arguments`` gives the database and what is asked."""

    def opener(ways: Callable[..., AbstractContextManager[Ways]]) -> Open:
        def open_ways(place: Place) -> AbstractContextManager[Ways]:
            url, asked = arguments(place)
            return ways(url, statement, asked, many=many)

        return open_ways

    return tuple(map(opener, OPENERS))


def faster_than_each(way: str = SUBJECT) -> tuple[Target, ...]:
    """A target beside each library: faster."""
    return tuple(Target(name, at_most=1.0, way=way) for name in NAMES)
