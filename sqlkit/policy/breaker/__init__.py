"""Whether calls are let through: what a failure is, how many are too many, and for how long."""

from __future__ import annotations

from sqlkit.policy.breaker.breaker import Breaker
from sqlkit.policy.breaker.changes import Statistics
from sqlkit.policy.breaker.circuit import State

__all__ = ["Breaker", "State", "Statistics"]
