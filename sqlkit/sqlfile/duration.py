"""Durations such as ``250ms``, ``30s``, ``2m``, ``1.5h``."""

from __future__ import annotations

import re

# Digits are bounded, so that a duration is always a finite number.
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m|h|d)")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(text: str) -> float | None:
    """The duration in seconds, or None if the text is none or says nothing at all."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    # Divided, not multiplied by 0.001, a millisecond is the float that 0.001 is.
    amount = float(found[1])
    return (amount / 1000 if found[2] == "ms" else amount * _SECONDS[found[2]]) or None
