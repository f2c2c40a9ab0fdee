"""How long to measure."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Effort:
    """At most so many rounds, a sample's length, and a benchmark's length, both in seconds.

    A benchmark whose samples take long has fewer rounds, but never less than `fewest`.
    """

    rounds: int
    sample: float
    budget: float
    fewest: int = 5

    def rounds_within(self, round_seconds: float) -> int:
        """How many rounds of this length there is time for."""
        affordable = int(self.budget / round_seconds) if round_seconds else self.rounds
        return max(min(self.fewest, self.rounds), min(self.rounds, affordable))

    def with_rounds(self, rounds: int) -> Effort:
        """Exactly so many rounds, however long they take."""
        return replace(self, rounds=rounds, fewest=rounds)


FULL = Effort(rounds=31, sample=0.05, budget=15.0, fewest=7)
QUICK = Effort(rounds=7, sample=0.007, budget=0.7, fewest=3)
