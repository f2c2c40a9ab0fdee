"""What an error on a lane says about the text that it is of. Pure."""

from __future__ import annotations

from typing import Literal, TypeAlias

Blame: TypeAlias = Literal["slow", "stale", "failed"]

_CANCELED = "57014"
# What was prepared is gone, or gives other types than it did.
_STALE = ("26000", "0A000")
# Wrong as the tables are by now; or altogether, which preparing it anew shows.
_WRONG = "42"


def blame(sqlstate: str, *, was_cut: bool) -> Blame:
    """Why a read ended in an error; ``was_cut``: its batch had taken too long, and was canceled."""
    if was_cut and sqlstate == _CANCELED:
        return "slow"
    if sqlstate in _STALE or sqlstate.startswith(_WRONG):
        return "stale"
    return "failed"
