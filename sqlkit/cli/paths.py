"""Paths as messages show them."""

from __future__ import annotations

import os
from pathlib import Path


def from_here(path: Path) -> Path:
    """The path as a person in the current folder writes it."""
    return Path(os.path.relpath(path))
