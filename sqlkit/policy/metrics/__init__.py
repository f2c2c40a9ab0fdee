"""Calls, pools and breakers in numbers, for Prometheus."""

from __future__ import annotations

from sqlkit.policy.metrics.metrics import BUCKETS, Metrics

__all__ = ["BUCKETS", "Metrics"]
