"""``python -m tests.policy.breaker``: 20,000 steps of the model, 1,000 rounds of fifty threads."""

from __future__ import annotations

import logging
import sys

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.policy.breaker.machine import Machine, Untimed
from tests.policy.breaker.rounds import PERMITS, reached_in_each

EXAMPLES, STEPS, ROUNDS = 200, 50, 1000


def main() -> int:
    """Run both; the exit status says whether one went wrong."""
    logging.getLogger("sqlkit").addHandler(logging.NullHandler())
    for machine in (Machine, Untimed):
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
            ),
        )
    sys.stdout.write(f"{2 * EXAMPLES} runs of up to {STEPS} steps agree with the model\n")
    wrong = [count for count in reached_in_each(ROUNDS) if count != PERMITS]
    sys.stdout.write(f"{ROUNDS} rounds, {len(wrong)} with other than {PERMITS} calls let through\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
