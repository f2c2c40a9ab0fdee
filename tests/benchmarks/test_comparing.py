from __future__ import annotations

import pytest

from benchmarks.measure.compare import compare
from tests.benchmarks import made


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_no_regression(seed: int) -> None:
    before, now = made.run(noise=0.05), made.run(noise=0.05, seed=seed + 2)
    assert not [change for change in compare(before, now) if change.is_regression]


def test_a_regression_is_found() -> None:
    changes = compare(made.run(0.50), made.run(0.60, seed=7))
    assert [change.benchmark for change in changes if change.is_regression] == ["one-row"]


def test_the_same_difference_drowns_in_a_wide_spread() -> None:
    changes = compare(made.run(0.50, noise=0.4), made.run(0.60, noise=0.4, seed=7))
    assert not [change for change in changes if change.is_regression]


def test_a_gain_is_no_regression() -> None:
    (change, *_) = compare(made.run(0.50), made.run(0.40, seed=7))
    assert change.is_gain
    assert not change.is_regression


def test_what_is_less_than_asked_for_is_no_regression() -> None:
    changes = compare(made.run(0.50), made.run(0.60, seed=7), least=0.5)
    assert not [change for change in changes if change.is_regression]


def test_sizes_are_compared_one_by_one() -> None:
    changes = compare(made.run(), made.run())
    assert [change.way for change in changes] == [
        "sqlkit",
        *(f"sqlkit, {size}" for size in (1, 10, 100, 1000)),
    ]
