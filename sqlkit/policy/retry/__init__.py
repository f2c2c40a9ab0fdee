"""Whether a call that failed is made again: what it says, what it could do twice, and how often."""

from __future__ import annotations

from sqlkit.policy.retry.jitter import full_jitter
from sqlkit.policy.retry.retry import Retry

__all__ = ["Retry", "full_jitter"]
