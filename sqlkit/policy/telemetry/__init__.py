"""Calls as spans and durations, for OpenTelemetry."""

from __future__ import annotations

from sqlkit.policy.telemetry.telemetry import Telemetry

__all__ = ["Telemetry"]
