"""yoyo, which the extra ``migrations`` brings; it has no types, so all of it is Any."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from sqlkit.errors import ProjectError


@cache
def yoyo(module: str = "yoyo") -> Any:
    """A module of yoyo's. Raises `ProjectError`, naming the extra, if yoyo isn't installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise ProjectError("migrations need yoyo: pip install 'sqlkit-pg[migrations]'") from error
