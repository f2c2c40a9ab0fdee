"""Which names can be a function's or an argument's in Python."""

from __future__ import annotations

import re
from functools import lru_cache
from keyword import iskeyword
from typing import NamedTuple
from unicodedata import normalize


class Fault(NamedTuple):
    """Why a name can't be, and one that could."""

    reason: str
    suggestion: str


@lru_cache(maxsize=4096)
def fault(name: str) -> Fault | None:
    """What is wrong with a name, or None."""
    if iskeyword(name):
        return Fault("is a Python keyword", f"{name}_")
    if name.startswith("__") and name.endswith("__"):
        return Fault("is a name that Python keeps for itself", name.strip("_") or "name")
    if not name.isidentifier():
        return Fault("is not a Python identifier", _identifier(name))
    if normalize("NFKC", name) != name:
        # Python would take it for the other one: PEP 3131.
        return Fault("is another name to Python", normalize("NFKC", name))
    return None


def _identifier(name: str) -> str:
    word = re.sub(r"\W", "_", normalize("NFKC", name)).strip("_") or "name"
    word = word if word.isidentifier() else f"n{word}"
    return f"{word}_" if iskeyword(word) else word
