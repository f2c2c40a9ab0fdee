"""Runs made up for tests, whose figures are known."""

from __future__ import annotations

from random import Random

from benchmarks.measure.result import PARTS, Measured, Result, Run, Scale, Target, point


def measured(seconds: float, *, noise: float = 0.02, rounds: int = 31, seed: int = 1) -> Measured:
    """A way that takes so long, give or take the noise."""
    random = Random(seed)
    taken = [seconds * random.gauss(1, noise) for _ in range(rounds)]
    spread = [seconds * (0.8 + part / 100) for part in PARTS]
    return Measured(taken, [one / 2 for one in taken], spread, calls=1000)


def run(sqlkit: float = 0.5, *, noise: float = 0.02, seed: int = 1) -> Run:
    """Two benchmarks: one with a target, in which sqlkit takes this part of the other's time."""
    return Run({"cores": "2"}, [compared(sqlkit, noise=noise, seed=seed), growing()])


def compared(sqlkit: float, *, noise: float = 0.02, seed: int = 1) -> Result:
    """A benchmark of two ways, in which sqlkit takes this part of the other's time."""
    ways = {
        "sqlkit": measured(sqlkit * 1e-4, noise=noise, seed=seed),
        "by hand": measured(1e-4, noise=noise, seed=seed + 100),
    }
    targets = [Target("by hand", at_most=0.55)]
    return Result("one-row", "one row <by key> & more", pinned=True, ways=ways, targets=targets)


def growing() -> Result:
    """A benchmark against rows: linear for the one, flat for the other."""
    sizes = [1, 10, 100, 1000]
    ways = {
        **{point("sqlkit", size): measured(1e-6 * size) for size in sizes},
        **{point("by hand", size): measured(1e-3) for size in sizes},
    }
    scale = Scale("rows", sizes, ["sqlkit", "by hand"])
    return Result("growth-rows", "cost against rows", pinned=True, ways=ways, scale=scale)
