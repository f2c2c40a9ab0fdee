"""What a benchmark is. `benchmarks.suite` lists those there are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from benchmarks.measure.sample import Ways
from benchmarks.run.place import Place

if TYPE_CHECKING:
    from benchmarks.measure.result import Target

Open: TypeAlias = Callable[[Place], AbstractContextManager[Ways]]
"""Opens what ways need and gives them by name; raises `Missing` or ModuleNotFoundError."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A piece of work and the ways to do it.

    ``ways`` are always taken, ``also`` where they can be, ``peers`` if asked for. Without
    ``pinned``, client and server may use all cores. ``per_second``: it is about calls a second.
    """

    name: str
    about: str
    ways: Open
    also: tuple[Open, ...] = ()
    peers: tuple[Open, ...] = ()
    targets: tuple[Target, ...] = ()
    pinned: bool = True
    per_second: bool = False


@dataclass(frozen=True, slots=True)
class Growth:
    """How the cost of a piece of work grows with the size of something, such as its rows."""

    name: str
    about: str
    unit: str
    sizes: tuple[int, ...]
    ways: Callable[[Place, int], AbstractContextManager[Ways]]
    pinned: bool = True
    per_second: bool = False
