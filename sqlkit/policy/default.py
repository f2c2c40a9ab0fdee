"""The chain that a database has unless it is given another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.policy.retry import Retry
from sqlkit.policy.timeout import Timeout

if TYPE_CHECKING:
    from sqlkit.policy.flow import Policy


def default(timeout: float) -> list[Policy]:
    """The policies of a database whose calls may take ``timeout`` seconds, the outermost first."""
    return [Timeout(timeout), Retry()]
