"""What the default chain adds to a call: the same empty attempt with it, without, and through each.

Metrics are on and logging stands at WARNING, as in production. "no policies" is a chain of none,
which every call goes through too: the difference is what the policies cost.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from benchmarks.measure import Effort, Measured, interleaved
from sqlkit.policy.call import Call
from sqlkit.policy.default import default
from sqlkit.policy.flow import Chain, Policy, drive

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BASELINES = ("no policies",)
WAY = "default chain"


def cost(effort: Effort) -> Measured:
    """Seconds a call; calls are so short that a round makes more of them."""
    logging.getLogger("sqlkit").setLevel(logging.WARNING)
    policies = default(timeout=30.0)
    ways = {WAY: _through(policies), BASELINES[0]: _through([])}
    ways |= {type(policy).__name__: _through([policy]) for policy in policies}
    return interleaved(ways, Effort(effort.rounds, effort.calls * 10))


def _through(policies: Sequence[Policy]) -> Callable[[], None]:
    chain = Chain(policies)
    return lambda: drive(chain, Call("users.get_user"), _nothing)


def _nothing() -> None:
    """What a call would do."""
