"""The name that was probably meant, for an error about one that isn't there."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def meant(name: str, known: Iterable[str]) -> str:
    """``; did you mean "x"?``, or nothing if no name is near."""
    close = get_close_matches(name, list(known), 1)
    return f'; did you mean "{close[0]}"?' if close else ""
