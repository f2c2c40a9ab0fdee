"""Calls told to people: a record each for logging, or a line each on the terminal."""

from __future__ import annotations

from sqlkit.policy.log.echo import Echo
from sqlkit.policy.log.log import Log

__all__ = ["Echo", "Log"]
