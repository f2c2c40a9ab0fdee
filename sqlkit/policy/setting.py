"""What a policy's settings may be, said when it is made and not by the first call. Pure."""

from __future__ import annotations

from math import inf
from typing import Any, cast


def check(
    policy: object,
    unit: str,
    *names: str,
    above: float = -inf,
    least: float = -inf,
    most: float = inf,
    whole: bool = False,
) -> None:
    """Check settings of a policy that are of one unit and range.

    Raises TypeError for what is no number, or no ``whole`` one, and ValueError for one that is not
    ``above`` a bound, or not between ``least`` and ``most``.
    """
    for name in names:
        value = getattr(policy, name)
        said = (
            f"{type(policy).__name__}: {name} is a {'whole ' if whole else ''}number of {unit}"
            f"{_bounds(above, least, most)}, not {value!r}"
        )
        # True is an int to Python, and a slip here.
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise TypeError(said)
        if not (above < value and least <= value <= most):
            raise ValueError(said)


def check_classes(policy: object, *names: str) -> None:
    """Raise TypeError for a setting that is no tuple of exception classes."""
    for name in names:
        value: object = getattr(policy, name)
        if not _are_exceptions(value):
            raise TypeError(
                f"{type(policy).__name__}: {name} is a tuple of exception classes, not {value!r}"
            )


def _are_exceptions(value: Any) -> bool:
    return isinstance(value, tuple) and all(
        isinstance(each, type) and issubclass(each, BaseException)
        for each in cast("tuple[object, ...]", value)
    )


def _bounds(above: float, least: float, most: float) -> str:
    bounds = (("above", above), ("at least", least), ("at most", most))
    told = [f"{word} {bound}" for word, bound in bounds if abs(bound) < inf]
    return ", " + " and ".join(told) if told else ""
