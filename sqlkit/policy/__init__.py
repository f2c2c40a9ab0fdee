"""What happens around a call: one policy a room, and the flow they share. Pure."""

from __future__ import annotations

from sqlkit.policy.breaker import Breaker
from sqlkit.policy.call import Call
from sqlkit.policy.flow import Policy
from sqlkit.policy.log import Echo, Log
from sqlkit.policy.metrics import Metrics
from sqlkit.policy.retry import Retry
from sqlkit.policy.shortcut import Shortcut
from sqlkit.policy.telemetry import Telemetry
from sqlkit.policy.timeout import Timeout

__all__ = [
    "Breaker",
    "Call",
    "Echo",
    "Log",
    "Metrics",
    "Policy",
    "Retry",
    "Shortcut",
    "Telemetry",
    "Timeout",
]
