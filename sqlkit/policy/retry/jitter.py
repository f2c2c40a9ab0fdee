"""How long to wait before another attempt."""

from __future__ import annotations

from itertools import islice


def full_jitter(attempt: int, base: float, cap: float) -> float:
    """Seconds to wait after the given attempt, counted from 1: anything below a growing bound."""
    import backoff

    # The first value of backoff's generators is none.
    bounds = islice(backoff.expo(factor=base, max_value=cap), attempt, None)
    return float(backoff.full_jitter(next(bounds)))
