from __future__ import annotations

import pytest

from benchmarks.measure.growth import in_words, slope

SIZES = (1, 10, 100, 1_000, 10_000)


@pytest.mark.parametrize(
    ("power", "words"),
    [
        (-0.5, "falls"),
        (0.0, "flat"),
        (0.5, "slower than linear"),
        (1.0, "linear"),
        (1.5, "faster than linear"),
        (2.0, "quadratic"),
        (3.0, "faster than quadratic"),
    ],
)
def test_a_power_is_found_and_said_in_words(power: float, words: str) -> None:
    found = slope(SIZES, [7e-6 * size**power for size in SIZES])
    assert found == pytest.approx(power)
    assert in_words(found) == words


def test_what_a_call_costs_anyway_does_not_hide_that_rows_are_linear() -> None:
    assert in_words(slope(SIZES, [50e-6 + 5e-6 * size for size in SIZES])) == "linear"
