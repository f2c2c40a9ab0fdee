"""Figures as people read them: three digits that mean something, and a unit."""

from __future__ import annotations

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def seconds(value: float) -> str:
    """A duration, such as ``"43.9 µs"``."""
    size, unit = next((one for one in _UNITS if value >= one[0]), _UNITS[-1])
    return f"{digits(value / size)} {unit}"


def rate(seconds_a_call: float) -> str:
    """Calls a second, such as ``"18,500"``."""
    value = 1 / seconds_a_call
    return f"{round(value, -2 if value >= 10_000 else 0):,.0f}"


def ratio(value: float) -> str:
    """A part, with two decimals, and three where it is small."""
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def percent(value: float) -> str:
    """A spread, such as ``"± 3 %"``."""
    return f"± {value * 100:.0f} %" if value >= 0.01 else "± <1 %"


def digits(value: float) -> str:
    """Three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def times(value: float) -> str:
    """A factor, such as ``"1.9 times"``."""
    return f"{value:.1f} times"


def short(value: float) -> str:
    """A round duration for an axis, such as ``"50 µs"``."""
    size, unit = next((one for one in _UNITS if value >= one[0] * 0.999), _UNITS[-1])
    return f"{value / size:.3g} {unit}"
