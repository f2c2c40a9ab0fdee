"""A slice of the long run (``python -m tests.policy.breaker``): breaker and model agree."""

from __future__ import annotations

from hypothesis import settings

from tests.policy.breaker.machine import Machine

TestBreakerAgreesWithItsModel = Machine.TestCase
TestBreakerAgreesWithItsModel.settings = settings(
    max_examples=60, stateful_step_count=50, deadline=None
)
