"""Axes: from values to pixels, and the values that are worth a mark."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10


@dataclass(frozen=True, slots=True)
class Axis:
    """From ``low`` to ``high`` on the pixels from ``begin`` to ``end``; linear or logarithmic."""

    low: float
    high: float
    begin: float
    end: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """The pixel of a value."""
        if self.logarithmic:
            part = log10(value / self.low) / log10(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return self.begin + part * (self.end - self.begin)

    def marks(self, wanted: int = 5) -> list[float]:
        """Round values, about as many as wanted."""
        return self._powers(wanted) if self.logarithmic else self._steps(wanted)

    def _powers(self, wanted: int) -> list[float]:
        powers = range(floor(log10(self.low)), ceil(log10(self.high)) + 1)
        for digits in ((1, 2, 5), (1, 3), (1,)):
            found = [
                value
                for power in powers
                for digit in digits
                if self.low * 0.999 <= (value := digit * 10.0**power) <= self.high * 1.001
            ]
            if len(found) <= wanted + 1:
                return found
        return found[:: ceil(len(found) / wanted)]

    def _steps(self, wanted: int) -> list[float]:
        rough = (self.high - self.low) / wanted
        size = 10.0 ** floor(log10(rough))
        step = next(size * digit for digit in (1, 2, 5, 10) if size * digit >= rough)
        first = ceil(self.low / step)
        return [step * n for n in range(first, floor(self.high / step + 1e-9) + 1)]
