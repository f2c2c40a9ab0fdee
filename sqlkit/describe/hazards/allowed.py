"""Which hazards may be allowed: those that there are."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from sqlkit.describe.hazards.rule import RULES
from sqlkit.describe.refusal import error_at

if TYPE_CHECKING:
    from sqlkit.sqlfile import Query


def meant(name: str) -> str | None:
    """A hint for a name that no rule has; None for one that some rule has."""
    if name in RULES:
        return None
    close = get_close_matches(name, RULES, 1)
    return f"did you mean {close[0]}?" if close else f"there is {', '.join(sorted(RULES))}"


def check_allowed(query: Query) -> None:
    """Raise `DescribeError` if ``@allow`` names no rule."""
    for name in query.options.allow:
        if hint := meant(name):
            raise error_at(
                query,
                f"@allow {name}: there is no such hazard",
                option=("allow", name),
                hint=hint,
            )
