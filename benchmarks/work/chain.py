"""What the default chain adds to a call: the same empty attempt with it, without, through each.

"no policies" is a chain of none, which every call goes through too: the difference is what the
policies cost.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.benchmark import Benchmark
from benchmarks.measure.sample import each
from sqlkit.policy.call import Call
from sqlkit.policy.default import default
from sqlkit.policy.drive import drive
from sqlkit.policy.flow import Chain, Policy

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from benchmarks.measure.sample import Way, Ways
    from benchmarks.run.place import Place

WHOLE = "sqlkit, default chain"
NONE = "no policies"


@contextmanager
def _ways(_: Place) -> Generator[Ways]:
    policies = default(timeout=30.0)
    ways = {WHOLE: _through(policies), NONE: _through([])}
    yield ways | {
        f"sqlkit, only {type(policy).__name__}": _through([policy]) for policy in policies
    }


def _through(policies: Sequence[Policy]) -> Way:
    chain = Chain(policies)
    return each(lambda: drive(chain, Call("users.get_user"), _nothing))


def _nothing() -> None:
    """What a call would do."""


BENCHMARK = Benchmark("chain", "an empty call through the policies", _ways)
