"""How a cost grows, as a number and in words.

Over a large span of sizes a cost that grows like a power of the size is a straight line on
logarithmic axes, whose slope is that power. What a call costs at size one hides it, so it is the
upper half of the sizes that counts.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST = 3
WORDS = (
    (-0.15, "falls"),
    (0.15, "flat"),
    (0.8, "slower than linear"),
    (1.2, "linear"),
    (1.7, "faster than linear"),
    (2.3, "quadratic"),
)


def slope(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The power of the size that the cost grows with: least squares over the upper half."""
    kept = max(FEWEST, (len(sizes) + 1) // 2)
    across = [log(size) for size in sizes[-kept:]]
    up = [log(cost) for cost in costs[-kept:]]
    middle, level = sum(across) / len(across), sum(up) / len(up)
    over = sum((x - middle) * (y - level) for x, y in zip(across, up, strict=True))
    return over / sum((x - middle) ** 2 for x in across)


def in_words(power: float) -> str:
    """A power of the size in words, such as ``"linear"``."""
    return next((word for limit, word in WORDS if power < limit), "faster than quadratic")
