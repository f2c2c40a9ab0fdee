"""What `transact` is called in logs and metrics: by the function that it repeats. Pure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def name(function: Callable[..., Any]) -> str:
    """A function's name, without the places that it is defined in."""
    while isinstance(function, partial):
        function = function.func
    qualified = getattr(function, "__qualname__", type(function).__name__)
    last = qualified.rpartition("<locals>.")[2]
    return "transact" if last == "<lambda>" else f"transact {last}"
