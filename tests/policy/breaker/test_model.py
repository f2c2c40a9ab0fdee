"""A slice of the long run (``python -m tests.policy.breaker``): breaker and model agree."""

from __future__ import annotations

from hypothesis import settings

from tests.policy.breaker.machine import Machine, Untimed

TestBreakerAgreesWithItsModel = Machine.TestCase
TestBreakerWithoutSlowCallsAgreesToo = Untimed.TestCase
for _case in (TestBreakerAgreesWithItsModel, TestBreakerWithoutSlowCallsAgreesToo):
    _case.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
