"""Row classes that are only known at run time."""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def named_tuple(name: str, fields: Sequence[str]) -> Callable[..., Any]:
    """A named tuple class for columns or fields only known at run time, awkward names replaced."""
    made: Callable[..., Any] = namedtuple(name, fields, rename=True)  # type: ignore[misc] # as said
    return made
