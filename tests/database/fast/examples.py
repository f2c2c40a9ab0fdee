"""How many examples are made up: few for ``make test``, and as many as ``make soak`` says."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

MANY = os.environ.get("SQLKIT_TEST_EXAMPLES")
QUICK = (Phase.generate,)  # to find the least of many columns takes minutes


def examples(few: int, phases: tuple[Phase, ...] = tuple(Phase)) -> settings:
    """For a test of ``few`` examples; what fails among many is made small at any cost."""
    return settings(
        max_examples=int(MANY or few),
        phases=tuple(Phase) if MANY else phases,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
