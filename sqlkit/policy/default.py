"""The chain that a database has unless it is given another."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

from sqlkit.policy.breaker import Breaker
from sqlkit.policy.log import Echo, Log
from sqlkit.policy.metrics import Metrics
from sqlkit.policy.retry import Retry
from sqlkit.policy.timeout import Timeout

if TYPE_CHECKING:
    from sqlkit.policy.flow import Policy


def default(timeout: float) -> list[Policy]:
    """The policies of a database whose calls may take ``timeout`` seconds, the outermost first.

    Without `Metrics` where prometheus_client isn't installed. With `Echo`, which prints each call
    and its parameters, if the environment variable SQLKIT_ECHO is set, and not to 0 or the like.
    """
    metrics: list[Policy] = [Metrics()] if find_spec("prometheus_client") else []
    wanted = os.environ.get("SQLKIT_ECHO", "").lower() not in ("", "0", "false", "no", "off")
    echo: list[Policy] = [Echo()] if wanted else []
    return [*echo, Log(), *metrics, Timeout(timeout), Retry(), Breaker()]
