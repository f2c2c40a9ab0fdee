"""What held up others takes the ordinary way for a while."""

from __future__ import annotations

from sqlkit.database.pipeline.resting import Resting
from tests.database.pipeline.reads import known

ONE = known("select 1", "one").variant(())
OTHER = known("select 2", "one").variant(())


def rest(resting: Resting, now: float) -> float:
    """How long it rests from now on, to the hundredth."""
    return next(n / 100 for n in range(10_000) if not resting.is_resting(ONE, now + n / 100))


def test_a_slow_text_rests_and_another_does_not() -> None:
    resting = Resting()
    resting.slow(ONE, 100.0)
    assert rest(resting, 100.0) == 0.25
    assert not resting.is_resting(OTHER, 100.0)


def test_it_rests_longer_each_time_up_to_a_bound() -> None:
    resting, now = Resting(), 100.0
    rests: list[float] = []
    for _ in range(8):
        resting.slow(ONE, now)
        rests.append(rest(resting, now))
        now += rests[-1]
    assert rests == [0.25, 0.5, 1, 2, 4, 8, 10, 10]


def test_what_gave_no_trouble_for_long_begins_again() -> None:
    resting = Resting()
    resting.slow(ONE, 100.0)
    resting.slow(ONE, 103.0)
    assert rest(resting, 103.0) == 0.25


def test_what_was_fast_in_the_ordinary_way_is_acquitted() -> None:
    resting = Resting()
    resting.slow(ONE, 100.0)
    resting.tried(ONE, 0.001, 100.0)
    assert not resting.is_resting(ONE, 100.0)
    assert len(resting) == 0


def test_what_was_slow_there_too_rests_from_its_end_and_at_least_as_long() -> None:
    resting = Resting()
    resting.slow(ONE, 100.0)
    resting.tried(ONE, 0.1, 100.2)
    assert rest(resting, 100.2) == 0.25
    resting.tried(ONE, 3.0, 103.0)
    assert rest(resting, 103.0) == 3.0


def test_a_few_errors_are_borne_and_many_in_a_second_are_not() -> None:
    resting = Resting()
    for n in range(100):
        resting.failed(ONE, 100.0 + n / 5)
    assert len(resting) == 0
    for _ in range(11):
        resting.failed(ONE, 200.0)
    assert rest(resting, 200.0) == 0.25


def test_it_remembers_no_more_than_it_must() -> None:
    resting = Resting()
    for n in range(1000):
        resting.slow(known(f"select {n}", "one").variant(()), 100.0 + n)
    assert len(resting) < 10
